-- Both records of every pair that a steward decided on are known to the models.
{{ config(severity='warn', meta={
    'owner': 'marketing_operations',
    'meaning': 'A steward\'s decision has no effect: the record that it names was never delivered, or is misspelt.',
    'remedy': 'Correct the id in the seed, as `system:type:id` of dim_person_redirects, or take the row out.',
}) }}
with

records as (select person_record_id from {{ ref('int_person_records') }}),

{% for seed in ['identity_links', 'identity_unlinks'] -%}
    {{ seed }} as (
        {% for side in ['a', 'b'] -%}
            select
                '{{ seed }}' as seed,
                person_record_id_{{ side }} as person_record_id,
                decided_by,
                decided_on
            from {{ ref(seed) }}
            {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ),

{% endfor -%}
decided as (
    select * from identity_links
    union all
    select * from identity_unlinks
)

select decided.*
from decided
left join records on decided.person_record_id = records.person_record_id
where records.person_record_id is null
