{#
  A subquery with the newest version of each record of a raw table: its columns, _is_removed and _valid_from, as
  `every_version` has them. Records that are gone stay in it, marked so.
  Event tables rarely repeat a key: they are probed on the key alone and only what repeats is ordered, a seventh of the
  work of a window over everything (10M events).
  `kept` is for a model that `keeps_rows`: its names of key and cursor. Only batches that it has not read are read, and
  only what is newer than the version it holds comes back; it has delivered_at, file_order, source_file, source_line and
  batch_id too.
#}
{% macro newest_version(relation, kept={}) -%}
    {%- set contract = raw_contract(relation) -%}
    {%- set unread = unread_batches(relation) if kept else none -%}
    {%- set delivered -%}
        {%- if unread -%} (select * from {{ relation }} where {{ unread }})
        {%- else -%} {{ relation }}
        {%- endif -%}
    {%- endset -%}
    {%- set newest = newest_event(delivered, contract) if contract.mode == 'events'
        else newest_stated(delivered, contract) -%}
    {%- if unread %}
    (
        select newest.*
        from {{ newest }} as newest
        left join {{ this }} as held
            on {% for column in contract.key %}
                {%- if not loop.first %} and {% endif -%}
                newest.{{ adapter.quote(column) }} = held.{{ kept[column] }}
            {%- endfor %}
        where
            held.source_file is null
            or ({{ version_place('newest', adapter.quote(contract.cursor), '_') }})
            > ({{ version_place('held', kept[contract.cursor], '') }})
    ) as newest
    {%- else %}
    {{- newest }} as newest
    {%- endif -%}
{%- endmacro %}

{% macro newest_stated(relation, contract) %}
    (
        select *
        from (
            select *, max(_starts_at) over (partition by {{ contract.quoted_key | join(', ') }}) as _valid_from
            from ({{ known_versions(stated_versions(relation, contract), contract) }}) as known
            {%- if contract.cursor %}
            where {{ version_cursor(contract) }} is not distinct from _newest_cursor
            {%- endif %}
        ) as versions
        where _is_newest
    )
{%- endmacro %}

{% macro newest_event(relation, contract) %}
    {%- set keys = contract.quoted_key -%}
    {%- set key = keys | join(', ') -%}
    {%- set same = [] -%}
    {%- for column in keys %}{% do same.append('repeats.' ~ column ~ ' = versions.' ~ column) %}{% endfor -%}
    {%- set repeated -%}
        (
            select 1
            from (select {{ key }} from {{ relation }} as probed group by {{ key }} having count(*) > 1) as repeats
            where {{ same | join(' and ') }}
        )
    {%- endset -%}
    {%- set repeats = '(select * from ' ~ relation ~ ' as versions where exists ' ~ repeated ~ ')' %}
    (
        select
            *,
            _is_marked_removed as _is_removed,
            true as _is_newest,
            1 as _version_number,
            {%- if contract.cursor %}
            {{ adapter.quote(contract.cursor) }} as _newest_cursor,
            {%- endif %}
            {{ version_instant(contract, '_delivered_at') }} as _starts_at,
            {{ version_instant(contract, '_delivered_at') }} as _valid_from
        from {{ relation }} as versions
        where not exists {{ repeated }}
        union all
        select * from {{ newest_stated(repeats, contract) }} as ordered
    )
{%- endmacro %}

{# Where a version stands among those of its key, as a row of values to compare. #}
{% macro version_place(version, cursor, prefix) -%}
    {%- set file = version ~ '.' ~ prefix ~ 'source_file' -%}
    coalesce(cast({{ version }}.{{ cursor }} as timestamp), cast('0001-01-01' as timestamp)),
    coalesce({{ version }}.{{ prefix }}delivered_at, cast('0001-01-01' as timestamp)),
    coalesce({{ version }}.{{ prefix }}file_order, {{ natural_order(file) }}),
    {{ file }},
    {{ version }}.{{ prefix }}source_line
{%- endmacro %}
