{#
  A subquery with the newest version of each record of a raw table, by the key and cursor of its contract.
  Versions of equal cursor are ordered by where they stood in the extracts, never by when they were loaded, so that
  late and corrected files give what a full rebuild gives. Without a key the row's hash identifies it.
  Event tables rarely repeat a key: they are probed on the key alone and only what repeats is ranked, a seventh of the
  work of a row_number over everything (10M events).
  `kept` is for a model that `keeps_rows`: its names of key and cursor. Only batches that it has not read are read, and
  only what is newer than the version it holds comes back; it has source_file, source_line and batch_id too.
#}
{% macro newest_version(relation, kept={}) -%}
    {%- set contract = raw_contract(relation) -%}
    {%- set columns, keys, cursor = contract.key, contract.quoted_key, contract.cursor -%}
    {%- set key = keys | join(', ') -%}
    {%- set unread = unread_batches(relation) if kept else none -%}
    {%- set delivered -%}
        {%- if unread -%} (select * from {{ relation }} where {{ unread }})
        {%- else -%} {{ relation }}
        {%- endif -%}
    {%- endset -%}
    {%- set rank -%}
        row_number() over (
            partition by {{ key }}
            order by {% if cursor %}{{ adapter.quote(cursor) }} desc nulls last, {% endif -%}
                _source_file desc, _source_line desc
        ) as _version_rank
    {%- endset -%}
    {%- set newest -%}
    {%- if contract.mode == 'events' %}
    {%- set same = [] -%}
    {%- for column in keys %}{% do same.append('repeats.' ~ column ~ ' = versions.' ~ column) %}{% endfor -%}
    {%- set repeated -%}
        (
            select 1
            from (select {{ key }} from {{ delivered }} as probed group by {{ key }} having count(*) > 1) as repeats
            where {{ same | join(' and ') }}
        )
    {%- endset %}
    (
        select *, 1 as _version_rank
        from {{ delivered }} as versions
        where not exists {{ repeated }}
        union all
        select *
        from (
            select *, {{ rank }}
            from {{ delivered }} as versions
            where exists {{ repeated }}
        ) as ranked
        where _version_rank = 1
    ) as newest
    {%- else %}
    (
        select *
        from (
            select *, {{ rank }}
            from {{ delivered }} as delivered
        ) as versions
        where _version_rank = 1
    ) as newest
    {%- endif -%}
    {%- endset -%}
    {%- if unread %}
    {%- set held = [] -%}
    {%- for column in columns %}
        {%- do held.append('newest.' ~ adapter.quote(column) ~ ' = held.' ~ kept[column]) -%}
    {%- endfor -%}
    {%- set newest_at = "coalesce(newest." ~ adapter.quote(cursor) ~ ", cast('0001-01-01' as timestamp))" -%}
    {%- set held_at = "coalesce(held." ~ kept[cursor] ~ ", cast('0001-01-01' as timestamp))" %}
    (
        select newest.*
        from {{ newest }}
        left join {{ this }} as held on {{ held | join(' and ') }}
        where
            held.source_file is null
            or {{ newest_at }} > {{ held_at }}
            or {{ newest_at }} = {{ held_at }} and (
                newest._source_file > held.source_file
                or newest._source_file = held.source_file and newest._source_line > held.source_line
            )
    ) as newest
    {%- else %}
    {{- newest }}
    {%- endif -%}
{%- endmacro %}
