-- Grain: one row per id that does not lead to a person: every record of a person carries an id, every id leads to a
-- person of dim_people, and every person's own id leads to itself.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'An id that a BI tool may have kept leads to nobody, so links and lists of yesterday break.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

records as (select person_record_id, person_id from {{ ref('int_person_records') }}),

people as (select person_id from {{ ref('dim_people') }}),

redirects as (select former_person_id, person_id, is_current from {{ ref('dim_person_redirects') }})

select
    redirects.former_person_id,
    people.person_id
from redirects
full outer join people on redirects.person_id = people.person_id
where redirects.person_id is null or people.person_id is null
union all
select
    redirects.former_person_id,
    records.person_id
from records
left join redirects on {{ hash_key(['records.person_record_id']) }} = redirects.former_person_id
where redirects.person_id is null or redirects.person_id <> records.person_id
union all
select
    redirects.former_person_id,
    people.person_id
from people
left join redirects on people.person_id = redirects.former_person_id
where redirects.person_id is null or redirects.person_id <> people.person_id or not redirects.is_current
