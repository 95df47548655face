-- Grain: one row per value of a governed column, over the newest version of each record.
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
with

records as (
    select
        {%- if mode == 'events' or not key or not cursor %}
        {{ column }} as value,
        {{ (key or ['_row_hash'])[0] }} as record
        {%- else %}
        max_by({{ column }}, {{ cursor }}) as value,
        min({{ key[0] }}) as record
        {%- endif %}
    from {{ table }}
    {%- if mode != 'events' and key and cursor %}
    group by {{ key | join(', ') }}
    {%- endif %}
)

{%- set declared = parameters.get('vocabulary.' ~ system ~ '.' ~ object ~ '.' ~ column, []) %}
select
    -- As it is declared, where only case, blanks and underscores differ: nothing that reads it minds them.
    coalesce(
        {%- for known in declared %}
        case when {{ spelled('value::varchar') }} = {{ spelled("'" ~ known | replace("'", "''") ~ "'") }} then '{{ known | replace("'", "''") }}' end,
        {%- endfor %}
        value::varchar
    ) as value,
    count(*) as row_count,
    min(record)::varchar as example
from records
where value is not null
group by all
order by row_count desc, value
limit 10000
