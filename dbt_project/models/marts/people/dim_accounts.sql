-- Grain: one row per account that survives its merges, or that only another record names.
with

records as (select * from {{ ref('int_account_records_united') }}),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

segmented as (select * from {{ ref('int_accounts_segmented') }}),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

placed as (
    select records.*, resolved.account_id
    from resolved
    left join records on resolved.account_record_id = records.account_record_id
),

-- A custom field that the survivor lacks is that of another of its records.
record_counts as (
    select
        account_id,
        count(*) as record_count{% for field in custom_fields('accounts') %},
        max({{ field }}) as {{ field }}{% endfor %}
    from placed
    group by account_id
),

person_counts as (
    select account_id, count(*) as person_count
    from people_accounts
    group by account_id
),

survivors as (
    select placed.*, parents.account_id as parent_account_id
    from placed
    left join resolved as parents on placed.parent_record_id = parents.account_record_id
    where placed.account_id = placed.account_record_id
),

hierarchy as (select account_id as id, parent_account_id as target from survivors),

{{ follow_pointers('hierarchy', 5) }},

-- What a merge or an opportunity names is an account, delivered or not.
named as (
    select account_id from resolved
    union
    select coalesce(resolved.account_id, opportunities.account_record_id)
    from opportunities
    left join resolved on opportunities.account_record_id = resolved.account_record_id
),

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
        {{ or_unknown('segmented.segment') }} as segment,
        {{ or_unknown('segmented.region') }} as territory,
        {{ or_unknown('survivors.owner_id') }} as owner_id,
        survivors.is_deleted,
        true as has_delivered_record,
        cast(record_counts.record_count as bigint) as record_count,
        cast(coalesce(person_counts.person_count, 0) as bigint) as person_count,
        survivors.created_at,
        {{- published_custom_fields('accounts', 'survivors', 'record_counts') }}
        survivors.updated_at
    from survivors
    left join pointer_ends on survivors.account_id = pointer_ends.id
    left join segmented on survivors.account_id = segmented.account_id
    left join record_counts on survivors.account_id = record_counts.account_id
    left join person_counts on survivors.account_id = person_counts.account_id
    union all
    select
        named.account_id,
        {{ split_part('named.account_id', ':', 1) }} as crm_system,
        {{ split_part('named.account_id', ':', 2) }} as source_account_id,
        cast(null as string) as account_name,
        cast(null as string) as domain,
        cast(null as string) as parent_account_id,
        named.account_id as ultimate_parent_account_id,
        cast(null as string) as industry,
        cast(null as string) as account_type,
        cast(null as string) as country,
        cast(null as string) as state,
        cast(null as bigint) as employee_count,
        'unknown' as segment,
        'unknown' as territory,
        'unknown' as owner_id,
        false as is_deleted,
        false as has_delivered_record,
        cast(coalesce(record_counts.record_count, 0) as bigint) as record_count,
        cast(coalesce(person_counts.person_count, 0) as bigint) as person_count,
        cast(null as timestamp) as created_at,
        {{- published_custom_fields('accounts') }}
        cast(null as timestamp) as updated_at
    from named
    left join survivors on named.account_id = survivors.account_id
    left join record_counts on named.account_id = record_counts.account_id
    left join person_counts on named.account_id = person_counts.account_id
    where named.account_id is not null and survivors.account_id is null
)

select * from final
