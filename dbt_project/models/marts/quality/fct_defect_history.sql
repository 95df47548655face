-- Grain: one row per defect that any night found.
with

changes as (select * from {{ ref('fct_defect_changes') }}),

defect_kinds as (select * from {{ ref('defect_kinds') }}),

followed as (
    select
        *,
        lead(changed_at) over (partition by defect_id order by changed_at) as next_changed_at
    from changes
),

lives as (
    select
        defect_id,
        max_by(change, changed_at) = 'found' as is_open,
        max(defect_kind) as defect_kind,
        max(system) as system,
        max(object) as object,
        max(record_id) as record_id,
        max(related_record_id) as related_record_id,
        max_by(detail, changed_at) as detail,
        min(changed_at) as first_found_at,
        max(case when change = 'found' then changed_at end) as last_found_at,
        max(case when change = 'repaired' then changed_at end) as last_repaired_at,
        sum(case when change = 'found' then 1 else 0 end) as found_count,
        sum(
            case
                when change = 'found' and next_changed_at is not null
                    then {{ days_between('changed_at', 'next_changed_at') }}
            end
        ) as repair_days
    from followed
    group by defect_id
)

select
    lives.defect_id,
    lives.defect_kind,
    defect_kinds.area,
    lives.system,
    lives.object,
    lives.record_id,
    lives.related_record_id,
    lives.detail,
    defect_kinds.owner,
    defect_kinds.remedy,
    lives.is_open,
    cast(lives.found_count - 1 as bigint) as reopened_count,
    lives.repair_days / (lives.found_count - case when lives.is_open then 1 else 0 end) as repair_days,
    case when lives.is_open then {{ days_between('lives.last_found_at', as_of()) }} end as open_days,
    {{ reporting_date('lives.first_found_at') }} as first_found_date,
    lives.first_found_at,
    lives.last_found_at,
    lives.last_repaired_at
from lives
inner join defect_kinds on lives.defect_kind = defect_kinds.defect_kind
