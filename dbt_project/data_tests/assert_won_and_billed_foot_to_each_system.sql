-- The classes of deals and bills add up to what the CRM won and to what stands billed, by count and money, in the
-- records and in the mart; without a system that bills all are empty.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A won deal or a bill is in no class or in two, so that something else explains the gap.',
    'remedy': 'A fault of the models: keep the lake and report it.',
}) }}
with

billing_systems as (select system from {{ ref('int_billing_systems') }}),

crm_systems as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

records as (select * from {{ ref('fct_billing_records') }}),

mart as (select * from {{ ref('fct_won_and_billed') }}),

own as (
    select 'crm' as side, count(*) as record_count, coalesce(sum(deals.won_amount_usd), 0) as money_usd
    from {{ ref('fct_opportunities') }} as deals
    inner join crm_systems on deals.system = crm_systems.system
    where deals.is_won and exists (select 1 from billing_systems)
    union all
    select 'billing', count(*), coalesce(sum(bills.amount_usd), 0)
    from {{ ref('int_bills') }} as bills
    where bills.bill_state in ('billed', 'uncollectible')
),

told as (
    select 'crm' as side, 'records' as told_in, count(*) as record_count, coalesce(sum(amount_usd), 0) as money_usd
    from records
    where system_role = 'crm'
    union all
    select 'billing', 'records', count(*), coalesce(sum(amount_usd), 0)
    from records
    where system_role = 'billing'
    union all
    select 'crm', 'mart', coalesce(sum(deal_count), 0), coalesce(sum(won_usd), 0)
    from mart
    union all
    select 'billing', 'mart', coalesce(sum(bill_count), 0), coalesce(sum(billed_usd), 0)
    from mart
)

select
    own.side,
    told.told_in,
    own.record_count as own_count,
    told.record_count,
    own.money_usd as own_usd,
    told.money_usd
from own
inner join told on own.side = told.side
where own.record_count <> told.record_count or own.money_usd <> told.money_usd
union all
select 'gap', 'mart', 0, count(*), sum(won_usd - billed_usd), sum(gap_usd)
from mart
having sum(won_usd - billed_usd) <> sum(gap_usd)
