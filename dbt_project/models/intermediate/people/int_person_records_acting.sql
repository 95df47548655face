-- Grain: one row per person record that clicked or filled in a form, delivered or not.
with

email_events as (select * from {{ ref('email_events') }} where event_kind = 'clicked'),

form_fills as (select * from {{ ref('form_fills') }} where person_record_id is not null)

select recipient_id as person_record_id from email_events
where {{ split_part('recipient_id', ':', 2) }} <> 'address'
union
select person_record_id from form_fills
