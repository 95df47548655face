-- Grain: one row per funnel (person, account), entity and stage reached by the run's instant.
with

reaches as (select * from {{ ref('int_stage_first_reaches') }} where first_reached_at <= {{ as_of() }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

-- An account reaches a stage with the first of its people.
account_reaches as (
    select
        people_accounts.account_id,
        reaches.stage,
        reaches.first_reached_at,
        reaches.evidence,
        reaches.is_skipped,
        row_number() over (
            partition by people_accounts.account_id, reaches.stage
            order by
                reaches.first_reached_at asc, reaches.is_skipped asc, reaches.evidence desc, reaches.person_id asc
        ) as reach_position
    from reaches
    inner join people_accounts on reaches.person_id = people_accounts.person_id
),

final as (
    select
        'person' as funnel,
        person_id as entity_id,
        stage,
        first_reached_at,
        evidence,
        is_skipped
    from reaches
    union all
    select
        'account',
        account_id,
        stage,
        first_reached_at,
        evidence,
        is_skipped
    from account_reaches
    where reach_position = 1
)

select * from final
