-- Grain: one row per bill and version: an invoice, and what its credit notes took away of it.
-- Stripe tells one sum of the credit notes, with taxes: it is cut as the invoice's is. Where all of them were voided
-- since, nothing is taken away any more.
with

invoices as (
    select
        *,
        max(credited_units) over (
            partition by stripe_invoice_id order by valid_from rows between unbounded preceding and current row
        ) as most_credited_units
    from {{ ref('stg_stripe__invoices') }}
),

customers as (select * from {{ ref('stg_stripe__customers') }}),

minor_units as (select * from {{ ref('currency_minor_units') }}),

bills as (
    select
        *,
        '' as suffix,
        'invoice' as invoice_kind,
        cast(net_units as double) as units,
        is_deleted as is_gone
    from invoices
    union all
    select
        *,
        ':credits' as suffix,
        'credit_note' as invoice_kind,
        -cast(credited_units as double) * cast(net_units as double) / cast(total_units as double) as units,
        coalesce(is_deleted, false) or credited_units = 0 as is_gone
    from invoices
    where most_credited_units > 0 and total_units <> 0
)

select
    'stripe:' || bills.stripe_invoice_id || bills.suffix as invoice_id,
    bills.stripe_invoice_id as source_invoice_id,
    bills.invoice_number,
    coalesce(bills.crm_opportunity_id, {{ stripe_metadata_id('bills.metadata', 'opportunity') }}) as crm_opportunity_id,
    coalesce(customers.crm_account_id, {{ stripe_metadata_id('customers.metadata', 'account') }}) as crm_account_id,
    case when bills.suffix <> '' then 'stripe:' || bills.stripe_invoice_id end as credited_invoice_id,
    customers.customer_name,
    {{ split_part('customers.email', '@', 2) }} as customer_domain,
    bills.invoice_kind,
    bills.status,
    cast(round(bills.units / power(10, coalesce(minor_units.decimals, 2)), 2) as decimal(18, 2)) as amount,
    bills.currency_code,
    coalesce(bills.finalized_at, case when bills.status <> 'draft' then bills.created_at end) as issued_at,
    bills.due_at,
    bills.paid_at,
    bills.voided_at,
    bills.valid_from as updated_at,
    bills.is_gone as is_deleted,
    bills.valid_from,
    bills.valid_to,
    bills.is_newest
from bills
left join customers on bills.stripe_customer_id = customers.stripe_customer_id
left join minor_units on bills.currency_code = minor_units.currency_code
