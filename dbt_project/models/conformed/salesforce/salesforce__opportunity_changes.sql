-- Grain: one row per opportunity, instant and tracked change; null is "not said".
with

history as (select * from {{ ref('stg_salesforce__opportunity_history') }}),

field_changes as (select * from {{ ref('stg_salesforce__opportunity_field_history') }}),

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

united as (
    select
        opportunity_id,
        valid_from as changed_at,
        'history' as field,
        stage_name,
        cast(amount as decimal(18, 2)) as amount,
        close_date
    from history
    union all
    select
        opportunity_id,
        changed_at,
        lower(field_name) as field,
        case when lower(field_name) in ('stagename', 'stage') then new_value end as stage_name,
        case when lower(field_name) = 'amount' then {{ try_cast('new_value', 'decimal(18, 2)') }} end as amount,
        case when lower(field_name) = 'closedate' then {{ try_cast('substr(new_value, 1, 10)', 'date') }} end
            as close_date
    from field_history
    where lower(field_name) in ('stagename', 'stage', 'amount', 'closedate')
)

select
    'salesforce:' || opportunity_id as opportunity_id,
    changed_at,
    field,
    stage_name,
    amount,
    close_date
from united
