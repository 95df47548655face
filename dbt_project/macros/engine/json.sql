{# The text of `name` in a JSON object held as text; null when absent, JSON null, or not an object. #}
{% macro json_text(expression, name) -%}
    {{ adapter.dispatch('json_text', 'touchstone')(expression, name) }}
{%- endmacro %}

{% macro default__json_text(expression, name) -%}
    try(json_extract_string({{ expression }}, '$."{{ name }}"'))
{%- endmacro %}

{% macro spark__json_text(expression, name) -%}
    get_json_object({{ expression }}, "$['{{ name }}']")
{%- endmacro %}

{#
  The value of `name` in Marketo attributes: an object (bulk extract), or a list of name and value (REST).
  Only a list pays for being read as one.
#}
{% macro json_attribute(expression, name) -%}
    coalesce(
        {{ json_text(expression, name) }},
        case when {{ expression }} like '[%' then {{ json_named_value(expression, name) }} end
    )
{%- endmacro %}

{# The `value` of the first item called `name` in a JSON list of name and value. #}
{% macro json_named_value(expression, name) -%}
    {{ adapter.dispatch('json_named_value', 'touchstone')(expression, name) }}
{%- endmacro %}

{% macro default__json_named_value(expression, name) -%}
    list_filter(
        try(from_json({{ expression }}, '[{"name":"VARCHAR","value":"VARCHAR"}]')),
        lambda item: item.name = '{{ name }}'
    )[1].value
{%- endmacro %}

{% macro spark__json_named_value(expression, name) -%}
    get(
        filter(
            from_json({{ expression }}, 'array<struct<name:string,value:string>>'), item -> item.name = '{{ name }}'
        ), 0
    ).value
{%- endmacro %}

{# The `name` of the item marked `primary` in a JSON list of objects, else of the only one; null when none is. #}
{% macro json_primary_name(expression) -%}
    {{ adapter.dispatch('json_primary_name', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__json_primary_name(expression) -%}
    list_filter(
        try(from_json({{ expression }}, '[{"name":"VARCHAR","primary":"BOOLEAN"}]')),
        lambda item: item.primary or json_array_length({{ expression }}) = 1
    )[1].name
{%- endmacro %}

{% macro spark__json_primary_name(expression) -%}
    get(
        filter(
            from_json({{ expression }}, 'array<struct<name:string,primary:boolean>>'),
            item -> item.primary or json_array_length({{ expression }}) = 1
        ), 0
    ).name
{%- endmacro %}

{# GA4 event parameters, text to a list, so that it is parsed once; read it with `event_param`. #}
{% macro event_params(expression) -%}
    {{ adapter.dispatch('event_params', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__event_params(expression) -%}
    try(from_json(
        {{ expression }},
        '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"VARCHAR","float_value":"VARCHAR",'
        '"double_value":"VARCHAR"}}]'
    ))
{%- endmacro %}

{% macro spark__event_params(expression) -%}
    from_json(
        {{ expression }},
        concat(
            'array<struct<key:string,value:struct<string_value:string,int_value:string,float_value:string,',
            'double_value:string>>>'
        )
    )
{%- endmacro %}

{# The text of parameter `key` in a list that `event_params` made; null when absent. #}
{% macro event_param(params, key) -%}
    {{ adapter.dispatch('event_param', 'touchstone')(params, key) }}
{%- endmacro %}

{% macro default__event_param(params, key) -%}
    list_transform(
        list_filter({{ params }}, lambda item: item.key = '{{ key }}'),
        lambda item: coalesce(
            item.value.string_value, item.value.int_value, item.value.double_value, item.value.float_value
        )
    )[1]
{%- endmacro %}

{% macro spark__event_param(params, key) -%}
    get(
        transform(
            filter({{ params }}, item -> item.key = '{{ key }}'),
            item -> coalesce(
                item.value.string_value, item.value.int_value, item.value.double_value, item.value.float_value
            )
        ), 0
    )
{%- endmacro %}

{#
  The rows of a list of ids written as text (`[1,2]`, `1;2`, `1, 2`): a from-clause item, one row per id, column `item`.
  Use as: from x cross join {{ '{{' }} id_list_rows('x.merge_ids') {{ '}}' }}
#}
{% macro id_list_rows(expression, parted_by='[^0-9A-Za-z]+') -%}
    {{ adapter.dispatch('id_list_rows', 'touchstone')(expression, parted_by) }}
{%- endmacro %}

{% macro default__id_list_rows(expression, parted_by) -%}
    unnest(string_split(regexp_replace({{ expression }}, '{{ parted_by }}', ' ', 'g'), ' ')) as listed (item)
{%- endmacro %}

{% macro spark__id_list_rows(expression, parted_by) -%}
    lateral explode(split(regexp_replace({{ expression }}, '{{ parted_by }}', ' '), ' ')) as listed (item)
{%- endmacro %}

{#
  The names in a JSON list of name and value whose value is not empty, in the spelling of value_spelling, each with a
  blank before and behind; null when it is no list.
#}
{% macro json_filled_names(expression) -%}
    {{ adapter.dispatch('json_filled_names', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__json_filled_names(expression) -%}
    ' ' || array_to_string(
        list_transform(
            list_filter(
                try(from_json({{ expression }}, '[{"name":"VARCHAR","value":"VARCHAR"}]')),
                lambda item: trim(item.value) <> ''
            ),
            lambda item: {{ value_spelling('item.name') }}
        ),
        ' '
    ) || ' '
{%- endmacro %}

{% macro spark__json_filled_names(expression) -%}
    ' ' || array_join(
        transform(
            filter(
                from_json({{ expression }}, 'array<struct<name:string,value:string>>'), item -> trim(item.value) <> ''
            ),
            item -> {{ value_spelling('item.name') }}
        ),
        ' '
    ) || ' '
{%- endmacro %}

{# The same of PHP's serialised array, `a:1:{s:5:"Email";s:3:"a@b";}`: names and values take turns. #}
{% macro serialised_filled_names(expression) -%}
    {{ adapter.dispatch('serialised_filled_names', 'touchstone')(expression) }}
{%- endmacro %}

{% macro serialised_pair() -%}
    s:[0-9]+:"[^"]*";(?:s:[0-9]+:"[^"]*"|[bdi]:[^;]*|N);
{%- endmacro %}

{% macro default__serialised_filled_names(expression) -%}
    {%- set name -%} regexp_extract(pair, '"([^"]*)"', 1) {%- endset -%}
    case
        when {{ expression }} like 'a:%' then ' ' || array_to_string(
            list_transform(
                list_filter(
                    regexp_extract_all({{ expression }}, '{{ serialised_pair() }}'),
                    lambda pair: not regexp_matches(pair, ';(s:[0-9]+:" *"|N);$')
                ),
                lambda pair: {{ value_spelling(name) }}
            ),
            ' '
        ) || ' '
    end
{%- endmacro %}

{% macro spark__serialised_filled_names(expression) -%}
    {%- set name -%} regexp_extract(pair, '"([^"]*)"', 1) {%- endset -%}
    case
        when {{ expression }} like 'a:%' then ' ' || array_join(
            transform(
                filter(
                    regexp_extract_all({{ expression }}, '{{ serialised_pair() }}', 0),
                    pair -> not (pair rlike ';(s:[0-9]+:" *"|N);$')
                ),
                pair -> {{ value_spelling(name) }}
            ),
            ' '
        ) || ' '
    end
{%- endmacro %}

{#
  The rows of a JSON list of objects: a from-clause item, one row per object, of which `listed_value` gives a text. No rows
  where it is no list.
  Use as: from x cross join {{ '{{' }} json_list_rows('x.costs', ['startDate', 'cost']) {{ '}}' }}
#}
{% macro json_list_rows(expression, names) -%}
    {{ adapter.dispatch('json_list_rows', 'touchstone')(expression, names) }}
{%- endmacro %}

{% macro default__json_list_rows(expression, names) -%}
    unnest(
        try(from_json({{ expression }}, '[{"{{ names | join('":"VARCHAR","') }}":"VARCHAR"}]'))
    ) as listed (item)
{%- endmacro %}

{% macro spark__json_list_rows(expression, names) -%}
    lateral explode(
        from_json({{ expression }}, 'array<struct<`{{ names | join('`:string,`') }}`:string>>')
    ) as listed (item)
{%- endmacro %}

{# The text of `name` in the object that `json_list_rows` gave. #}
{% macro listed_value(name) -%}
    item.{{ adapter.quote(name) }}
{%- endmacro %}

{# An aggregate: the JSON lists of a group as one list, in whatever order rows come; null where no row has one. #}
{% macro joined_lists(expression) -%}
    {{ adapter.dispatch('joined_lists', 'touchstone')(expression) }}
{%- endmacro %}

{% macro default__joined_lists(expression) -%}
    {%- set inside -%} nullif(trim(trim({{ expression }}), '[] '), '') {%- endset -%}
    case
        when count({{ expression }}) > 0
            then '[' || coalesce(string_agg({{ inside }}, ',' order by {{ inside }}), '') || ']'
    end
{%- endmacro %}

{% macro spark__joined_lists(expression) -%}
    {%- set inside -%} nullif(trim(both '[] ' from trim({{ expression }})), '') {%- endset -%}
    case
        when count({{ expression }}) > 0
            then concat('[', array_join(array_sort(collect_list({{ inside }})), ','), ']')
    end
{%- endmacro %}
