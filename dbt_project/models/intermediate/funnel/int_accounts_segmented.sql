-- Grain: one row per account that survives its merges, with what reports break accounts down by.
with

records as (select * from {{ ref('int_account_records_united') }}),

resolved as (select * from {{ ref('int_accounts_resolved') }}),

segments as (select * from {{ ref('segments') }}),

territories as (select * from {{ ref('int_country_territories') }}),

final as (
    select
        resolved.account_id,
        segments.segment,
        territories.territory as region,
        records.owner_id
    from resolved
    inner join records on resolved.account_record_id = records.account_record_id
    left join segments
        on
            records.employee_count >= segments.min_employee_count
            and records.employee_count <= coalesce(segments.max_employee_count, records.employee_count)
    left join territories on lower(trim(records.country)) = lower(territories.country)
    where resolved.account_id = resolved.account_record_id
)

select * from final
