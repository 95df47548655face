-- Grain: one row per opportunity: the record that survives its merges, the CRM's where another system holds a copy.
with

records as (select * from {{ ref('int_opportunity_records') }}),

stages as (select * from {{ ref('int_opportunity_stages') }}),

-- A single-currency CRM exports no currency: its amounts are in the corporate currency.
corporate as (
    select
        system,
        max(currency_code) as currency_code
    from {{ ref('currencies') }}
    where is_corporate
    group by system
),

any_corporate as (select max(currency_code) as currency_code from corporate),

counted as (
    select
        opportunity_id,
        count(*) as record_count,
        max(case when opportunity_record_id <> opportunity_id and not is_merged_away then opportunity_record_id end)
            as copy_record_id
    from records
    group by opportunity_id
)

select
    records.opportunity_id,
    records.system,
    records.source_opportunity_id,
    counted.copy_record_id,
    counted.record_count,
    records.account_record_id,
    records.campaign_id,
    records.owner_id,
    records.opportunity_name,
    records.stage_name,
    stages.stage_order,
    records.opportunity_type,
    records.lead_source,
    records.loss_reason,
    cast(records.amount as decimal(18, 2)) as amount,
    coalesce(
        records.currency_code, corporate.currency_code, any_corporate.currency_code, '{{ var("reporting_currency") }}'
    ) as currency_code,
    coalesce(stages.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(records.is_closed, stages.is_closed, false) as is_closed,
    coalesce(records.is_won, stages.is_won, false) as is_won,
    records.is_deleted,
    records.close_date,
    records.created_at,
    records.updated_at
from records
inner join counted on records.opportunity_id = counted.opportunity_id
cross join any_corporate
left join corporate on records.system = corporate.system
left join stages on records.system = stages.system and records.stage_name = stages.stage_name
where records.opportunity_record_id = records.opportunity_id
