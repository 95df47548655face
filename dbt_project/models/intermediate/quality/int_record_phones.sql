-- Grain: one row per delivered person record with a phone number.
with

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

salesforce_leads as (select * from {{ ref('stg_salesforce__leads') }}),

salesforce_contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

united as (
    select 'marketo:lead:' || cast(lead_id as string) as person_record_id, phone from marketo_leads
    union all
    select 'salesforce:lead:' || lead_id, phone from salesforce_leads
    union all
    select 'salesforce:contact:' || contact_id, phone from salesforce_contacts
    union all
    select 'hubspot:contact:' || cast(contact_id as string), phone from hubspot_contacts
),

digits as (
    select person_record_id, nullif({{ replace_all('phone', '[^0-9]', '') }}, '') as phone_digits
    from united
)

select person_record_id, phone_digits
from digits
where phone_digits is not null
