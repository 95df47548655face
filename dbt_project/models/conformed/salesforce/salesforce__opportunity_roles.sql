-- Grain: one row per opportunity, person record, source record and version that gives or takes the role.
-- A converted lead made its opportunity, whether or not someone kept the contact role.
with

contact_roles as (select * from {{ ref('stg_salesforce__opportunity_contact_roles') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }} where converted_opportunity_id is not null),

conversions as (select * from {{ ref('salesforce__conversions') }}),

united as (
    select
        opportunity_id,
        'salesforce:contact:' || contact_id as person_record_id,
        contact_role_id as source_record_id,
        role,
        case when is_primary then 1 else 2 end as role_rank,
        created_at as given_at,
        is_deleted,
        valid_from,
        is_newest
    from contact_roles
    union all
    select
        leads.converted_opportunity_id as opportunity_id,
        'salesforce:lead:' || leads.lead_id as person_record_id,
        leads.lead_id as source_record_id,
        'Converted lead' as role,
        3 as role_rank,
        greatest(
            leads.created_at,
            coalesce(conversions.converted_at, {{ day_start('leads.converted_date') }}, leads.valid_from)
        ) as given_at,
        cast(null as boolean) as is_deleted,
        leads.valid_from,
        leads.is_newest
    from leads
    left join conversions on leads.lead_id = conversions.lead_id
)

select
    'salesforce:' || opportunity_id as opportunity_id,
    person_record_id,
    source_record_id,
    role,
    role_rank,
    given_at,
    cast(null as timestamp) as given_after_at,
    is_deleted,
    valid_from,
    is_newest
from united
