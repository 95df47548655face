-- Exactly one primary person, or primary_person_id would be a matter of luck.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'An opportunity has no primary person, or two, so funnel and attribution tell of different people.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    opportunity_id,
    sum(case when is_primary then 1 else 0 end) as primary_count
from {{ ref('int_opportunity_people') }}
where is_held
group by opportunity_id
having sum(case when is_primary then 1 else 0 end) <> 1
