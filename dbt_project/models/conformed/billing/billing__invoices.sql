-- Grain: one row per bill and version. A credit note takes away what it tells, with or without a minus.
with

invoices as (
    select
        *,
        case
            when {{ value_spelling('invoice_kind') }} in ('creditnote', 'creditmemo', 'credit', 'refund')
                then 'credit_note'
            else 'invoice'
        end as bill_kind
    from {{ ref('stg_billing__invoices') }}
)

select
    'billing:' || invoice_id as invoice_id,
    invoice_id as source_invoice_id,
    invoice_number,
    crm_opportunity_id,
    crm_account_id,
    'billing:' || credited_invoice_id as credited_invoice_id,
    customer_name,
    customer_domain,
    bill_kind as invoice_kind,
    status,
    case when bill_kind = 'credit_note' then -abs(amount) else amount end as amount,
    upper(currency_code) as currency_code,
    issued_at,
    due_at,
    paid_at,
    voided_at,
    updated_at,
    is_deleted,
    valid_from,
    valid_to,
    is_newest
from invoices
