-- Grain: one row per standing bill of a deal that is there, in the deal's currency at the rate of the bill's day.
-- A younger bill of the kind, amount and day of another is its duplicate as far as the deal is billed beyond its amount
-- without it: equal instalments of one day are none, nor are equal credit notes.
with

bills as (select * from {{ ref('int_bills') }} where is_standing and opportunity_id is not null),

deals as (select * from {{ ref('int_opportunities_united') }} where not is_deleted),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

terms as (select * from {{ ref('billing_terms') }}),

measured as (
    select
        bills.*,
        deals.amount as deal_amount,
        deals.currency_code as deal_currency,
        bills.currency_code <> deals.currency_code as is_converted,
        case
            when bills.currency_code = deals.currency_code then bills.amount
            else cast(
                round(cast(bills.amount as double) * bills.reporting_rate / currency_rates.reporting_rate, 2)
                as decimal(18, 2)
            )
        end as amount_of_deal,
        case
            when bills.currency_code = deals.currency_code then null
            when bills.reporting_rate is null then bills.currency_code
            when currency_rates.reporting_rate is null then deals.currency_code
        end as unrated_currency
    from bills
    inner join deals on bills.opportunity_id = deals.opportunity_id
    left join currency_rates
        on
            deals.currency_code = currency_rates.currency_code
            and bills.issued_date >= currency_rates.start_date
            and bills.issued_date < currency_rates.end_date
),

allowances as (
    select
        max(case when term = 'tolerance_amount' then value end) as tolerance_amount,
        max(case when term = 'tolerance_share' then value end) as tolerance_share,
        max(case when term = 'currency_tolerance_share' then value end) as currency_tolerance_share
    from terms
),

tolerated as (
    select
        measured.*,
        greatest(
            allowances.tolerance_amount,
            abs(cast(measured.deal_amount as double)) * case
                when max(case when measured.is_converted then 1 else 0 end) over (
                    partition by measured.opportunity_id
                ) = 1 then allowances.currency_tolerance_share
                else allowances.tolerance_share
            end
        ) as tolerance,
        sum(measured.amount_of_deal) over (partition by measured.opportunity_id) as told_amount,
        row_number() over (
            partition by
                measured.opportunity_id, measured.invoice_kind, measured.amount, measured.currency_code,
                measured.issued_date
            order by measured.first_told_at, measured.bill_id
        ) as copy_number,
        first_value(measured.bill_id) over (
            partition by
                measured.opportunity_id, measured.invoice_kind, measured.amount, measured.currency_code,
                measured.issued_date
            order by measured.first_told_at, measured.bill_id
            rows between unbounded preceding and unbounded following
        ) as first_bill_id
    from measured
    cross join allowances
),

counted as (
    select
        *,
        sum(case when copy_number > 1 and invoice_kind = 'invoice' then amount_of_deal else 0 end) over (
            partition by opportunity_id
            order by copy_number desc, first_told_at desc, bill_id desc
            rows between unbounded preceding and current row
        ) as copied_amount
    from tolerated
)

select
    bill_id,
    opportunity_id,
    system,
    invoice_kind,
    bill_state,
    amount_of_deal,
    amount_usd,
    is_converted,
    tolerance,
    first_bill_id,
    coalesce(
        copy_number > 1
        and invoice_kind = 'invoice'
        and cast(told_amount - copied_amount as double) >= cast(deal_amount as double) - tolerance,
        false
    ) as is_duplicate,
    unrated_currency,
    greatest(issued_at, linked_at, coalesce(amount_changed_at, issued_at)) as billed_at
from counted
