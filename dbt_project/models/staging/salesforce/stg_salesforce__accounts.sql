-- Grain: one row per account and version.
with

source as (
    select * from {{ every_version(source('salesforce', 'account')) }}
),

renamed as (
    select
        -- ids
        id as account_id,
        parent_id as parent_account_id,
        owner_id,
        master_record_id,

        -- strings
        name as account_name,
        website,
        industry,
        billing_country as country,
        billing_state as state,
        type as account_type,

        -- booleans
        coalesce(_is_removed, is_deleted) as is_deleted,

        -- numerics
        number_of_employees as employee_count,
        annual_revenue as annual_revenue_amount,

        -- timestamps
        created_date as created_at,
        last_modified_date as updated_at,

        -- version
        _valid_from as valid_from,
        _valid_to as valid_to,
        {{- staged_custom_fields('accounts', 'salesforce.account') }}
        _is_newest as is_newest
    from source
)

select * from renamed
