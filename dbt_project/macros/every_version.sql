{#
  A subquery with every version of each record of a raw table that an extract delivered, one row per key and cursor of
  its contract: of equal ones the later file holds. A version without its instant has no place in a history.
#}
{% macro every_version(relation) -%}
    {%- set contract = namespace(meta={}) -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values()
            if source.schema == relation.schema and source.identifier == relation.identifier -%}
            {%- set contract.meta = source.config.meta -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set keys = [] -%}
    {%- for column in contract.meta.get('key') or ['_row_hash'] -%}
        {%- do keys.append(adapter.quote(column)) -%}
    {%- endfor -%}
    {%- set cursor = contract.meta.get('cursor') -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ keys | join(', ') }}{% if cursor %}, {{ adapter.quote(cursor) }}{% endif %}
                    order by _source_file desc, _source_line desc
                ) as _version_rank
            from {{ relation }}
            {% if cursor %}where {{ adapter.quote(cursor) }} is not null{% endif %}
        ) as versions
        where _version_rank = 1
    ) as every_version
{%- endmacro %}
