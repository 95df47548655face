-- Grain: one row per bill and version. A credit note takes away what it tells, with or without a minus. A version that
-- tells no kind is of the kind that the ones before it told.
with

kinds as (select * from {{ ref('bill_kinds') }}),

told as (
    select
        invoices.*,
        coalesce(
            kinds.bill_kind,
            case
                when invoices.credit_note_id is not null then 'credit_note'
                when invoices.invoice_kind is not null then 'invoice'
            end
        ) as told_kind
    from {{ ref('stg_billing__invoices') }} as invoices
    left join kinds on {{ value_spelling('invoices.invoice_kind') }} = {{ value_spelling('kinds.kind') }}
),

invoices as (
    select
        *,
        coalesce(
            {{ last_known(
                'told_kind',
                'partition by invoice_id order by valid_from rows between unbounded preceding and current row'
            ) }},
            'invoice'
        ) as bill_kind
    from told
)

select
    'billing:' || invoice_id as invoice_id,
    coalesce(credit_note_id, invoice_id) as source_invoice_id,
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
