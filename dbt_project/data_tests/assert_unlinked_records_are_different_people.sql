-- Grain: one row per governed unlink whose two records are one person all the same, through records that neither edge
-- of the pair touches. Remedy: find the path in fct_identity_links and unlink its weakest pair too.
{{ config(severity='warn', meta={
    'owner': 'marketing_operations',
    'meaning': 'Two records that a steward cut apart are one person all the same, through records that neither names.',
    'remedy': 'Find the path in fct_identity_links and put its weakest pair into seeds/identity_unlinks.csv too.',
}) }}

with

unlinks as (select * from {{ ref('identity_unlinks') }}),

resolved as (select * from {{ ref('int_people_resolved') }})

select
    unlinks.person_record_id_a,
    unlinks.person_record_id_b,
    side_a.person_id
from unlinks
inner join resolved as side_a on unlinks.person_record_id_a = side_a.person_record_id
inner join resolved as side_b on unlinks.person_record_id_b = side_b.person_record_id
where side_a.person_id = side_b.person_id
