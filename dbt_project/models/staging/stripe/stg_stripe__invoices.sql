-- Grain: one row per invoice and version.
with

source as (
    select * from {{ every_version(source('stripe', 'invoice')) }}
),

renamed as (
    select
        -- ids
        id as stripe_invoice_id,
        customer_id as stripe_customer_id,
        crm_opportunity_id,

        -- strings
        number as invoice_number,
        status,
        upper(currency) as currency_code,
        metadata,

        -- booleans
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        total as total_units,
        coalesce(total_excluding_tax, total - coalesce(tax, 0)) as net_units,
        coalesce(pre_payment_credit_notes_amount, 0) + coalesce(post_payment_credit_notes_amount, 0) as credited_units,

        -- timestamps
        created as created_at,
        due_date as due_at,
        finalized_at,
        paid_at,
        voided_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        _is_newest as is_newest
    from source
    where coalesce(livemode, true)
)

select * from renamed
