-- Grain: one row per funnel (person, account), entity and breakdown.
with

people as (select * from {{ ref('int_people_breakdowns') }}),

accounts as (select * from {{ ref('int_account_breakdowns') }}),

final as (
    select
        'person' as funnel,
        person_id as entity_id,
        breakdown,
        breakdown_value
    from people
    union all
    select
        'account',
        account_id,
        breakdown,
        breakdown_value
    from accounts
)

select * from final
