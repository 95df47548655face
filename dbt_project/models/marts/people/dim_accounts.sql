-- Grain: one row per account that survives its merges.
with

records as (select * from {{ ref('int_account_records_united') }}),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

record_counts as (
    select account_id, count(*) as record_count
    from resolved
    group by account_id
),

person_counts as (
    select account_id, count(*) as person_count
    from people_accounts
    group by account_id
),

survivors as (
    select records.*, resolved.account_id, parents.account_id as parent_account_id
    from records
    inner join resolved on records.account_record_id = resolved.account_record_id
    left join resolved as parents on records.parent_record_id = parents.account_record_id
    where resolved.account_id = records.account_record_id
),

hierarchy as (select account_id as id, parent_account_id as target from survivors),

{{ follow_pointers('hierarchy', 5) }},

final as (
    select
        survivors.account_id,
        survivors.system as crm_system,
        survivors.record_id as source_account_id,
        survivors.account_name,
        survivors.domain,
        case when survivors.parent_account_id <> survivors.account_id then survivors.parent_account_id end
            as parent_account_id,
        coalesce(pointer_ends.target, survivors.account_id) as ultimate_parent_account_id,
        survivors.industry,
        survivors.account_type,
        survivors.country,
        survivors.state,
        cast(survivors.employee_count as bigint) as employee_count,
        survivors.owner_id,
        survivors.is_deleted,
        cast(record_counts.record_count as bigint) as record_count,
        cast(coalesce(person_counts.person_count, 0) as bigint) as person_count,
        survivors.created_at,
        survivors.updated_at
    from survivors
    left join pointer_ends on survivors.account_id = pointer_ends.id
    left join record_counts on survivors.account_id = record_counts.account_id
    left join person_counts on survivors.account_id = person_counts.account_id
)

select * from final
