-- Grain: one row per opportunity, instant and tracked change; null is "not said".
-- What the first change of a field replaced has held since the creation, unless the stage history or an earlier version
-- tells of it.
with

history as (select * from {{ ref('stg_salesforce__opportunity_history') }}),

field_changes as (
    select
        *,
        case when lower(field_name) = 'stage' then 'stagename' else lower(field_name) end as tracked_field
    from {{ ref('stg_salesforce__opportunity_field_history') }}
    where lower(field_name) in ('stagename', 'stage', 'amount', 'closedate')
),

versions as (select * from {{ ref('stg_salesforce__opportunities') }}),

-- Of several changes in one second the last is the one that no other goes on from.
chained as (
    select
        changes.*,
        row_number() over (
            partition by changes.opportunity_id, lower(changes.field_name), changes.changed_at
            order by
                case when further.old_value is null then 1 else 2 end asc,
                changes.history_id desc nulls last, changes.new_value asc nulls last
        ) as place
    from field_changes as changes
    left join field_changes as further
        on
            changes.opportunity_id = further.opportunity_id
            and changes.field_name = further.field_name
            and changes.changed_at = further.changed_at
            and changes.new_value = further.old_value
),

field_history as (select * from chained where place = 1),

created as (
    select opportunity_id, min(created_at) as created_at
    from versions
    group by opportunity_id
),

born as (
    select
        firsts.opportunity_id,
        created.created_at,
        firsts.tracked_field,
        firsts.old_value
    from {{ first_changes('field_changes', of='opportunity_id', field='tracked_field') }} as firsts
    inner join created on firsts.opportunity_id = created.opportunity_id
    where
        firsts.old_value is not null
        and firsts.changed_at > created.created_at
        and not exists (
            select 1 from history
            where firsts.opportunity_id = history.opportunity_id and history.valid_from < firsts.changed_at
        )
        and not exists (
            select 1 from versions
            where
                firsts.opportunity_id = versions.opportunity_id
                and versions.valid_from < firsts.changed_at
                and case firsts.tracked_field
                    when 'stagename'
                        then {{ value_spelling('versions.stage_name') }} <> {{ value_spelling('firsts.old_value') }}
                    when 'amount' then versions.amount <> {{ try_cast('firsts.old_value', 'decimal(18, 2)') }}
                    else versions.close_date <> {{ try_cast('substr(firsts.old_value, 1, 10)', 'date') }}
                end
        )
),

told as (
    select
        opportunity_id,
        changed_at,
        lower(field_name) as field,
        tracked_field,
        new_value as told_value,
        false as is_inferred
    from field_history
    union all
    select opportunity_id, created_at, tracked_field || ' at creation', tracked_field, old_value, true
    from born
),

united as (
    select
        opportunity_id,
        valid_from as changed_at,
        'history' as field,
        stage_name,
        cast(amount as decimal(18, 2)) as amount,
        close_date,
        false as is_inferred
    from history
    union all
    select
        opportunity_id,
        changed_at,
        field,
        case when tracked_field = 'stagename' then told_value end as stage_name,
        case when tracked_field = 'amount' then {{ try_cast('told_value', 'decimal(18, 2)') }} end as amount,
        case when tracked_field = 'closedate' then {{ try_cast('substr(told_value, 1, 10)', 'date') }} end
            as close_date,
        is_inferred
    from told
)

select
    'salesforce:' || opportunity_id as opportunity_id,
    changed_at,
    field,
    stage_name,
    amount,
    close_date,
    is_inferred
from united
