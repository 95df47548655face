-- Grain: one row per status of which neither the members that have it nor seeds/member_statuses.csv tells whether it is
-- a response, with the row to add.
{%- macro spelled(text) -%} regexp_replace(lower({{ text }}), '[ _\t-]+', '', 'g') {%- endmacro %}
select
    status,
    count(*) as member_count,
    '{{ system }},' || status || ',true or false,' as row_to_add
from (
    select
        {{ key | join(', ') }},
        {{ column }} as status
    from {{ table }}
    where {{ column }} is not null
    group by {{ key | join(', ') }}, {{ column }}
    having {% for told in told_by %}count({{ told }}) = 0{% if not loop.last %} and {% endif %}{% endfor %}
) as untold
where
    {{ spelled('status') }} not in (
        '' {%- for known in parameters.get('member_statuses.' ~ system, []) -%}
        , {{ spelled("'" ~ known | replace("'", "''") ~ "'") }}
        {%- endfor %}
    )
group by status
order by member_count desc, status
