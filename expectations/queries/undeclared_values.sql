-- Grain: one row per value of a governed column that no row of seeds/vocabularies.csv knows, with the row to add.
select
    value,
    row_count,
    example,
    '{{ system }},{{ object }},{{ column }},' || value || ',' as row_to_add
from ({% include 'values.sql' %})
where value not in (
    {%- for known in parameters['vocabulary.' ~ system ~ '.' ~ object ~ '.' ~ column] %}'{{ known | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor -%}
)
