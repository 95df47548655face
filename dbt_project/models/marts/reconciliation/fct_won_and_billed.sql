-- Grain: one row per month, owner and class: what was won beside what is billed. A bill of a won deal is of the deal's
-- month, owner and class, a duplicate and a bill of anything else of its own class and, without a won deal, month.
with

records as (select * from {{ ref('fct_billing_records') }}),

fct_opportunities as (select * from {{ ref('fct_opportunities') }}),

bills as (select * from {{ ref('int_bills') }}),

deal_bills as (select * from {{ ref('int_deal_bills') }}),

-- What finance gave up of a bill is less by the credit notes of it: those that name it, and those that name none where
-- all bills of the deal were given up.
given_up as (
    select opportunity_id
    from bills
    where is_standing and amount > 0 and opportunity_id is not null
    group by opportunity_id
    having min(case when bill_state = 'uncollectible' then 1 else 0 end) = 1
),

classes as (select * from {{ ref('reconciliation_classes') }}),

billing_classes as (select * from {{ ref('billing_classes') }}),

won as (
    select
        records.record_id as opportunity_id,
        records.reconciliation_class,
        records.amount_usd,
        fct_opportunities.owner_id,
        {{ month_start('fct_opportunities.won_date') }} as period_start_date
    from records
    inner join fct_opportunities on records.record_id = fct_opportunities.opportunity_id
    where records.system_role = 'crm'
),

placed as (
    select
        period_start_date,
        owner_id,
        reconciliation_class,
        'deal' as part,
        amount_usd as money_usd,
        false as is_credit,
        false as is_uncollectible,
        false as is_paid,
        false as is_overdue,
        false as is_settled
    from won
    union all
    select
        coalesce(won.period_start_date, {{ month_start('bills.issued_date') }}),
        {{ or_unknown('coalesce(won.owner_id, fct_opportunities.owner_id)') }},
        case
            when won.opportunity_id is not null and not deal_bills.is_duplicate then won.reconciliation_class
            else records.reconciliation_class
        end,
        'bill',
        bills.amount_usd,
        bills.amount < 0,
        bills.bill_state = 'uncollectible'
        or (
            bills.amount < 0
            and (
                coalesce(credited.bill_state = 'uncollectible', false)
                or (bills.credited_bill_id is null and given_up.opportunity_id is not null)
            )
        ),
        bills.is_paid,
        coalesce(bills.due_at < {{ as_of() }}, false),
        bills.amount < 0 or bills.bill_state = 'uncollectible' or bills.is_paid
    from records
    inner join bills on records.record_id = bills.bill_id
    left join deal_bills on bills.bill_id = deal_bills.bill_id
    left join bills as credited on bills.credited_bill_id = credited.bill_id
    left join given_up on bills.opportunity_id = given_up.opportunity_id
    left join won on bills.opportunity_id = won.opportunity_id
    left join fct_opportunities on bills.opportunity_id = fct_opportunities.opportunity_id
    where records.system_role = 'billing'
    union all
    select
        won.period_start_date,
        won.owner_id,
        won.reconciliation_class,
        bills.bill_state,
        bills.amount_usd,
        false,
        false,
        false,
        false,
        false
    from bills
    inner join won on bills.opportunity_id = won.opportunity_id
    where bills.bill_state in ('draft', 'scheduled')
)

select
    {{ hash_key(['placed.period_start_date', 'placed.owner_id', 'placed.reconciliation_class']) }}
        as won_and_billed_id,
    'month' as period_type,
    placed.period_start_date,
    {{ periods_ago("'month'", 'placed.period_start_date') }} as periods_ago,
    placed.owner_id,
    placed.reconciliation_class,
    max(billing_classes.label) as class_label,
    max(case when classes.is_discrepancy then 1 else 0 end) = 1 as is_discrepancy,
    cast(sum(case when placed.part = 'deal' then 1 else 0 end) as bigint) as deal_count,
    cast(sum(case when placed.part = 'bill' then 1 else 0 end) as bigint) as bill_count,
    {% for name, condition in {
        'won_usd': "part = 'deal'",
        'billed_usd': "part = 'bill'",
        'credited_usd': "part = 'bill' and placed.is_credit",
        'uncollectible_usd': "part = 'bill' and placed.is_uncollectible",
        'paid_usd': "part = 'bill' and placed.is_paid and not placed.is_uncollectible",
        'overdue_usd': "part = 'bill' and placed.is_overdue and not placed.is_settled",
        'scheduled_usd': "part = 'scheduled'",
        'draft_usd': "part = 'draft'",
    }.items() -%}
        cast(sum(case when placed.{{ condition }} then coalesce(placed.money_usd, 0) else 0 end) as decimal(18, 2))
            as {{ name }},
    {% endfor -%}
    cast(
        sum(case placed.part
            when 'deal' then coalesce(placed.money_usd, 0)
            when 'bill' then -coalesce(placed.money_usd, 0)
            else 0
        end) as decimal(18, 2)
    ) as gap_usd,
    cast(sum(case when placed.part in ('deal', 'bill') and placed.money_usd is null then 1 else 0 end) as bigint)
        as missing_amount_count
from placed
inner join classes on placed.reconciliation_class = classes.reconciliation_class
inner join billing_classes on placed.reconciliation_class = billing_classes.reconciliation_class
group by placed.period_start_date, placed.owner_id, placed.reconciliation_class
