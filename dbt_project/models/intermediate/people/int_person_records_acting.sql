-- Grain: one row per person record that clicked or filled in a form, delivered or not.
with

marketo as (select distinct lead_id from {{ ref('stg_marketo__activities') }} where activity_type_id in (2, 11)),

hubspot as (select distinct contact_id from {{ ref('stg_hubspot__form_submissions') }} where contact_id is not null)

select 'marketo:lead:' || cast(lead_id as string) as person_record_id from marketo
union all
select 'hubspot:contact:' || cast(contact_id as string) as person_record_id from hubspot
