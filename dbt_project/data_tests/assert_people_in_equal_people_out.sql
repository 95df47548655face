-- Grain: one row when the delivered person records and the records of people are not the same set.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Delivered person records and the records of people are not the same set: somebody was lost or made '
        ~ 'up.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

delivered as (select person_record_id from {{ ref('int_person_records_united') }}),

records as (select person_record_id, person_id from {{ ref('int_person_records') }} where is_delivered)

select
    coalesce(delivered.person_record_id, records.person_record_id) as person_record_id,
    records.person_id
from delivered
full outer join records on delivered.person_record_id = records.person_record_id
where delivered.person_record_id is null or records.person_id is null
