{#
  How a raw table states versions: `rows`, a subquery with the table's columns, and SQL over them: `at`, the instant of the
  delivery that states it; `removed`, whether it says that the record is gone (null: it does not say); `is_dated_so`,
  whether only the delivery dates it; `order`, from the oldest to the newest version of a key.

  The newest version is that of the latest cursor; of equal ones that of the later delivery, then of the later file (by
  the numbers in its name), then of the later line. Never by when it was loaded, so that late and corrected files give
  what a full rebuild gives. A row without a cursor is as new as what was delivered before it.
#}
{% macro stated_versions(relation, contract) -%}
    {%- if contract.mode == 'snapshot' -%}{{ return(stated_snapshot(relation, contract)) }}{%- endif -%}
    {%- set rows = summed_rows(relation, contract) if contract.additive else relation -%}
    {%- if contract.restated_by -%}{%- set rows = restated_rows(rows, contract) -%}{%- endif -%}
    {%- set order = delivery_order() -%}
    {%- if contract.cursor -%}
        {%- set cursor = version_cursor(contract) -%}
        {%- if not contract.has_every_cursor and contract.mode != 'events' -%}
            {%- set rows -%}
    (
        select
            *,
            max({{ cursor }}) over (
                partition by {{ contract.quoted_key | join(', ') }}
                order by {{ delivery_order() }}
                rows between unbounded preceding and current row
            ) as _cursor_so_far
        from {{ rows }} as delivered
    )
            {%- endset -%}
            {%- set cursor = 'coalesce(' ~ cursor ~ ', _cursor_so_far)' -%}
        {%- endif -%}
        {%- set order = cursor ~ ' nulls first, ' ~ order -%}
    {%- endif -%}
    {{ return({
        'rows': rows, 'at': '_delivered_at', 'removed': '_is_marked_removed', 'is_dated_so': 'false', 'order': order
    }) }}
{%- endmacro %}

{#
  A raw table's rows, each with its delivery: `_delivery_number` (null where none is known), `_told_at`, `_delivery`. A
  row that a file holds twice is one, and of the readings of one row in a delivery the last is: `_copy_number` is 1.
#}
{% macro delivered_rows(relation, contract) %}
    (
        select
            *,
            row_number() over (
                partition by
                    {{ contract.quoted_key | join(', ') }}, _delivery, _row_hash,
                    case when _extracted_at is null then _source_file end
                order by _extracted_at desc, _source_line desc
            ) as _copy_number
        from (
            select
                delivered.*,
                deliveries.delivery_number as _delivery_number,
                coalesce(deliveries.delivered_at, delivered._delivered_at) as _told_at,
                coalesce(cast(deliveries.delivery_number as string), delivered._source_file) as _delivery
            from {{ relation }} as delivered
            left join {{ lake_deliveries() }} as deliveries
                on
                    delivered._source_file = deliveries.source_file
                    and deliveries.system = '{{ contract.system }}'
                    and deliveries.object = '{{ contract.object }}'
        ) as told
    )
{%- endmacro %}

{#
  A raw table whose rows of one delivery (a file with its parts) and key add up, where an export is finer than the key: by
  hour, by placement; JSON lists become one. What is marked gone adds nothing; a key is gone when all of its rows are.
#}
{% macro summed_rows(relation, contract) %}
    {%- set key = contract.quoted_key | join(', ') -%}
    {%- set origin = [
        '_delivered_at', '_file_order', '_source_file', '_source_line', '_extracted_at', '_row_hash', '_batch_id',
        '_told_at', '_delivery'
    ] %}
    (
        select
            {{ key }},
            {% for name, column in contract.columns.items() if name not in contract.key -%}
                {%- set column_name = adapter.quote(name) -%}
                {%- set standing = 'case when not coalesce(_is_marked_removed, false) then ' ~ column_name ~ ' end' -%}
                {%- if name not in contract.additive -%}
                    {%- set whole = 'max(' ~ column_name ~ ')' -%}
                {%- elif column.data_type == 'string' -%}
                    {%- set whole = joined_lists(standing) -%}
                {%- else -%}
                    {%- set whole = 'sum(' ~ standing ~ ')' -%}
                {%- endif %}
                cast({{ whole }} as {{ column.data_type }}) as {{ column_name }},
            {% endfor -%}
            case
                when max(_is_marked_removed) is not null then min(coalesce(_is_marked_removed, false))
            end as _is_marked_removed
            {%- for column in origin %},
            max({{ column }}) as {{ column }}
            {%- endfor %}
        from {{ delivered_rows(relation, contract) }} as copies
        where _copy_number = 1
        group by {{ key }}, copies._delivery
    )
{%- endmacro %}

{#
  Summed rows without those that a later delivery takes the place of: it tells all of what `restated_by` names, a
  campaign's day, also where it parts it into other rows. Deliveries within six hours that have no row in common are not
  known to restate each other: they may be parts that no name tells apart. One that only says that rows are gone
  restates nothing.
#}
{% macro restated_rows(rows, contract) %}
    {%- set key = contract.quoted_key | join(', ') -%}
    {%- set told = [] -%}
    {%- for column in contract.restated_by %}{% do told.append(adapter.quote(column)) %}{% endfor -%}
    {%- set told_of = told | join(', ') -%}
    {%- set place = '_at, _order, _delivery' %}
    (
        with

        summed as {{ rows }},

        deliveries as (
            select
                _delivery,
                max(_told_at) as _at,
                max(coalesce(_file_order, {{ natural_order('_source_file') }})) as _order
            from summed
            group by _delivery
        ),

        placed as (
            select summed.*, deliveries._at, deliveries._order
            from summed
            inner join deliveries on summed._delivery = deliveries._delivery
            where not coalesce(summed._is_marked_removed, false)
        ),

        repeating as (
            select distinct _delivery, _delivery_before
            from (
                select _delivery, lag(_delivery) over (partition by {{ key }} order by {{ place }}) as _delivery_before
                from placed
            ) as followed
            where _delivery_before is not null
        ),

        told as (
            select
                *,
                lag(_delivery) over (partition by {{ told_of }} order by {{ place }}) as _delivery_before,
                lag(_at) over (partition by {{ told_of }} order by {{ place }}) as _at_before
            from (
                select distinct {{ told_of }}, {{ place }} from placed
                where {{ told | join(' is not null and ') }} is not null
            ) as tellers
        ),

        numbered as (
            select
                told.*,
                sum(case
                    when repeating._delivery is not null then 1
                    when {{ seconds_between('told._at_before', 'told._at') }} > 6 * 3600 then 1
                    else 0
                end) over (
                    partition by {{ told_of }} order by told._at, told._order, told._delivery
                ) as _restatement
            from told
            left join repeating
                on told._delivery = repeating._delivery and told._delivery_before = repeating._delivery_before
        ),

        superseded as (
            select *
            from (
                select *, max(_restatement) over (partition by {{ told_of }}) as _last_restatement from numbered
            ) as judged
            where _restatement < _last_restatement
        )

        select summed.*
        from summed
        left join superseded
            on
                summed._delivery = superseded._delivery
                {%- for column in told %}
                and summed.{{ column }} = superseded.{{ column }}
                {%- endfor %}
        where superseded._delivery is null
    )
{%- endmacro %}

{#
  A subquery with the rows of an additive table as they were delivered, as `delivered_rows` has them, without those of a
  key that a later delivery no longer tells.
#}
{% macro standing_rows(relation) %}
    {%- set contract = raw_contract(relation) -%}
    {%- set summed = summed_rows(relation, contract) -%}
    {%- set told = restated_rows(summed, contract) if contract.restated_by else summed %}
    (
        select delivered.*
        from {{ delivered_rows(relation, contract) }} as delivered
        inner join (select distinct {{ contract.quoted_key | join(', ') }} from {{ told }} as told) as standing
            on
                {% for column in contract.quoted_key -%}
                    delivered.{{ column }} = standing.{{ column }}{% if not loop.last %} and {% endif %}
                {%- endfor %}
    )
{%- endmacro %}

{#
  What whole deliveries no longer hold is stated gone by the first of them that lacks it: its last row again, removed. One
  that comes back is stated there. The deliveries, and which are whole, are ingestion's word; a file that was delivered
  twice is in two.
#}
{% macro stated_snapshot(relation, contract) -%}
    {%- set key = contract.quoted_key | join(', ') -%}
    {%- set within -%}
        {% if contract.cursor %}{{ version_cursor(contract) }} nulls first, {% endif %}{{ delivery_order() }}
    {%- endset -%}
    {%- set rows -%}
    (
        with

        placed as (
            select
                delivered.*,
                coalesce(deliveries.delivery_number, 0) as _delivery_number,
                coalesce(deliveries.delivered_at, delivered._delivered_at) as _seen_at,
                deliveries.next_whole_number as _next_whole_number,
                deliveries.next_whole_at as _next_whole_at
            from {{ relation }} as delivered
            left join {{ lake_deliveries() }} as deliveries
                on
                    delivered._source_file = deliveries.source_file
                    and deliveries.system = '{{ contract.system }}'
                    and deliveries.object = '{{ contract.object }}'
        ),

        neighboured as (
            select
                *,
                lead(_delivery_number) over (
                    partition by {{ key }} order by _delivery_number, {{ within }}
                ) as _next_number,
                coalesce(lag(_next_whole_number) over (
                    partition by {{ key }} order by _delivery_number, {{ within }}
                ) < _delivery_number, false) as _is_back
            from placed
        )

        select
            *,
            _delivery_number as _stated_number,
            _seen_at as _stated_at,
            case when _is_back then coalesce(_is_marked_removed, false) else _is_marked_removed end as _is_stated_removed,
            _is_back as _is_stated_by_delivery
        from neighboured
        union all
        select
            *,
            _next_whole_number as _stated_number,
            _next_whole_at as _stated_at,
            true as _is_stated_removed,
            true as _is_stated_by_delivery
        from neighboured
        where _next_whole_number is not null and (_next_number is null or _next_number > _next_whole_number)
    )
    {%- endset -%}
    {{ return({
        'rows': rows,
        'at': '_stated_at',
        'removed': '_is_stated_removed',
        'is_dated_so': '_is_stated_by_delivery',
        'order': '_stated_number, ' ~ within,
    }) }}
{%- endmacro %}

{#
  From the earlier to the later delivery, file, reading by a connector and line. Rows of older lakes have neither instant
  nor file order.
#}
{% macro delivery_order() -%}
    _delivered_at nulls first, coalesce(_file_order, {{ natural_order('_source_file') }}), _source_file,
    _extracted_at nulls first, _source_line
{%- endmacro %}

{#
  Every stated version with _is_removed (the last word known), _is_newest and _starts_at: where a version begins, null in
  one that only repeats the one before.
#}
{% macro known_versions(stated, contract) -%}
    {%- set window -%}
        partition by {{ contract.quoted_key | join(', ') }} order by {{ stated.order }}
    {%- endset -%}
    {%- set cursor = version_cursor(contract) -%}
    {%- set known = last_known(stated.removed, window ~ ' rows between unbounded preceding and current row') -%}
    {%- set before = last_known(stated.removed, window ~ ' rows between unbounded preceding and 1 preceding') -%}
    {%- set is_first = '(lag(1) over (' ~ window ~ ') is null)' -%}
        select
            *,
            {{ known }} as _is_removed,
            lead(1) over ({{ window }}) is null as _is_newest,
            row_number() over ({{ window }}) as _version_number,
            {%- if cursor %}
            last_value({{ cursor }}) over (
                {{ window }} rows between unbounded preceding and unbounded following
            ) as _newest_cursor,
            {%- endif %}
            case
                when {{ stated.is_dated_so }} then {{ later_of(cursor, stated.at) }}
                when {{ is_first }} then {{ version_instant(contract, stated.at) }}
                {%- if cursor %}
                when ({{ cursor }} is distinct from lag({{ cursor }}) over ({{ window }}))
                    then {{ version_instant(contract, stated.at) }}
                {%- endif %}
                when coalesce({{ known }}, false) <> coalesce({{ before }}, false)
                    then {{ later_of(cursor, stated.at) }}
                {%- if not contract.has_every_cursor %}
                when (_row_hash is distinct from lag(_row_hash) over ({{ window }}))
                    {%- if cursor %} and {{ cursor }} is null{% endif %}
                    then coalesce({{ stated.at }}, cast('1970-01-01' as timestamp))
                {%- endif %}
            end as _starts_at
        from {{ stated.rows }} as stated
{%- endmacro %}

{#
  What a version says of its own time, none where the table has no cursor. Before the calendar begins, or a year after it
  was delivered, it says nothing: so it neither opens a period nor stays the newest for ever. The delivery judges it and
  not the clock of the run, which what keeps its rows must not read (is_plausible does). Events say what they say.
#}
{% macro version_cursor(contract) -%}
    {%- if not contract.cursor -%}{{ return(none) }}{%- endif -%}
    {%- set cursor = adapter.quote(contract.cursor) -%}
    {%- if contract.mode == 'events' -%}{{ return(cursor) }}{%- endif -%}
    {{ return(
        "case when " ~ cursor ~ " >= cast('" ~ var('calendar_first_date') ~ "' as timestamp) and "
        ~ "coalesce(" ~ cursor ~ " < " ~ add_days('_delivered_at', 366) ~ ", true) then " ~ cursor ~ " end"
    ) }}
{%- endmacro %}

{# When a version began: its cursor, else its delivery; the epoch where an older lake knows neither. #}
{% macro version_instant(contract, at) -%}
    coalesce(
        {%- if contract.cursor %}cast({{ version_cursor(contract) }} as timestamp), {% endif -%}
        {{ at }}, cast('1970-01-01' as timestamp)
    )
{%- endmacro %}

{# The later of a version's cursor and its delivery. #}
{% macro later_of(cursor, at) -%}
    {%- if cursor -%}
        greatest(cast({{ cursor }} as timestamp), coalesce({{ at }}, cast('1970-01-01' as timestamp)))
    {%- else -%}
        coalesce({{ at }}, cast('1970-01-01' as timestamp))
    {%- endif -%}
{%- endmacro %}

{# The table that says which deliveries each file belongs to; a name of no table while dbt parses. #}
{% macro lake_deliveries() -%}
    {%- set found = namespace(name='deliveries') -%}
    {%- if execute -%}
        {%- for source in graph.get('sources', {}).values()
            if source.source_name == 'lake' and source.name == 'deliveries' -%}
            {%- set found.name = source.relation_name -%}
        {%- endfor -%}
    {%- endif -%}
    {{ found.name }}
{%- endmacro %}
