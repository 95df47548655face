-- Grain: one row per won deal of the CRM and per bill that stands, while a system that bills is delivered.
with

records as (select * from {{ ref('int_reconciliation_bills') }}),

classes as (select * from {{ ref('reconciliation_classes') }}),

billing_classes as (select * from {{ ref('billing_classes') }}),

fct_opportunities as (select * from {{ ref('fct_opportunities') }})

select
    {{ hash_key(['records.record_id']) }} as billing_record_id,
    records.system_role,
    records.system,
    records.record_type,
    {{ safe_text(mask_emails('records.record_id')) }} as record_id,
    fct_opportunities.opportunity_id,
    records.reconciliation_class,
    billing_classes.label as class_label,
    classes.is_discrepancy,
    {{ safe_text(mask_emails('records.reason')) }} as reason,
    {{ safe_text(mask_emails('records.counterpart_record_id')) }} as counterpart_record_id,
    {{ safe_text(mask_emails('records.paired_record_id')) }} as paired_record_id,
    records.differing_fields,
    {{ safe_text(mask_emails('records.evidence')) }} as evidence,
    billing_classes.owner,
    billing_classes.remedy,
    {{ reporting_date('records.since_at') }} as since_date,
    records.since_at,
    records.created_at,
    records.amount_usd,
    cast(coalesce(records.at_stake_usd, 0) as decimal(18, 2)) as at_stake_usd
from records
inner join classes on records.reconciliation_class = classes.reconciliation_class
inner join billing_classes on records.reconciliation_class = billing_classes.reconciliation_class
left join fct_opportunities on records.opportunity_id = fct_opportunities.opportunity_id
