{#
  Probabilistic record linkage after Fellegi and Sunter (1969), as CTEs over a CTE or table `records` with one row per
  `id`. Use match_pairs, then match_levels, then match_scores; each builds on the one before.
  The same SQL runs on the company's people and on the data sets of tests/models/matching.py.
  A level says how a field of two records compares: equal, close, near, different; missing when one has no value.
#}
{% macro match_level_names() -%} equal close near different {%- endmacro %}

{#
  CTEs `match_keys` (id, rule, block_key) and `match_blocks` (rule, block_key, record_count) of the keys that several
  records share. `keys` is a list of SQL expressions, null where a record has no such key; the rule is its place.
#}
{% macro match_blocks(records, id, keys) -%}
match_keys as (
    {% for key in keys -%}
    select {{ id }} as id, {{ loop.index }} as rule, {{ key }} as block_key
    from {{ records }}
    where {{ key }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

match_blocks as (
    select rule, block_key, count(*) as record_count
    from match_keys
    group by rule, block_key
    having count(*) > 1
)
{%- endmacro %}

{#
  CTE `match_pairs` (id_a, id_b) after match_blocks: the pairs that share a key. Records of a block all compare with
  each other, so a block of more than `largest_block` is left out: what so many share tells nobody apart.
#}
{% macro match_pairs(records, id, keys, largest_block) -%}
{{ match_blocks(records, id, keys) }},

match_members as (
    select match_keys.id, match_keys.rule, match_keys.block_key
    from match_keys
    inner join match_blocks on match_keys.rule = match_blocks.rule and match_keys.block_key = match_blocks.block_key
    where match_blocks.record_count <= {{ largest_block }}
),

match_pairs as (
    select distinct side_a.id as id_a, side_b.id as id_b
    from match_members as side_a
    inner join match_members as side_b
        on side_a.rule = side_b.rule and side_a.block_key = side_b.block_key and side_a.id < side_b.id
)
{%- endmacro %}

{#
  CTE `match_levels`: each pair with the level of each field and, as `<field>_share`, the share of records that hold the
  first one's value. `fields` is {name: kind}: a `text` may differ by slips and may be cut short to an initial, a `code`
  is equal or different. `weights` has the columns of the seed match_weights.
#}
{% macro match_levels(records, id, fields, weights) -%}
match_settings as (
    select
        {% for field in fields -%}
        {% for level in match_level_names().split() -%}
        {% for column in ['min_similarity', 'm_probability', 'u_probability'] -%}
        max(case when field = '{{ field }}' and level = '{{ level }}' then {{ column }} end)
            as {{ field }}_{{ level }}_{{ column }},
        {% endfor -%}
        {% endfor -%}
        {% endfor -%}
        max(case when field = 'prior' then m_probability end) as duplicates_per_record
    from {{ weights }}
),

{% for field in fields -%}
match_{{ field }}_holders as (
    select {{ field }} as held_value, count(*) as holder_count from {{ records }} group by {{ field }}
),

{% endfor -%}
match_totals as (select count(*) as record_count from {{ records }}),

match_similarities as (
    select
        match_pairs.id_a,
        match_pairs.id_b,
        {% for field, kind in fields.items() -%}
        {%- set a, b = 'side_a.' ~ field, 'side_b.' ~ field -%}
        case
            when {{ a }} = {{ b }} then 1.0
            {% if kind == 'text' -%}
            when substr({{ a }}, 1, length({{ b }})) = {{ b }} or substr({{ b }}, 1, length({{ a }})) = {{ a }}
                then greatest(0.7, {{ text_similarity(a, b) }})
            else {{ text_similarity(a, b) }}
            {%- else -%}
            when {{ a }} <> {{ b }} then 0.0
            {%- endif %}
        end as {{ field }},
        1.0 * match_{{ field }}_holders.holder_count / match_totals.record_count as {{ field }}_share,
        {% endfor -%}
        match_totals.record_count
    from match_pairs
    inner join {{ records }} as side_a on match_pairs.id_a = side_a.{{ id }}
    inner join {{ records }} as side_b on match_pairs.id_b = side_b.{{ id }}
    {% for field in fields -%}
    left join match_{{ field }}_holders on side_a.{{ field }} = match_{{ field }}_holders.held_value
    {% endfor -%}
    cross join match_totals
),

match_levels as (
    select
        id_a,
        id_b,
        {% for field in fields -%}
        case
            when {{ field }} is null then 'missing'
            when {{ field }} = 1 then 'equal'
            when {{ field }} >= {{ field }}_close_min_similarity then 'close'
            when {{ field }} >= {{ field }}_near_min_similarity then 'near'
            else 'different'
        end as {{ field }},
        {{ field }}_share,
        {% endfor -%}
        record_count
    from match_similarities
    cross join match_settings
)
{%- endmacro %}

{#
  CTE `match_scores` (id_a, id_b, match_weight, match_score, evidence): the weight is in bits, log2 of m / u summed over
  the fields, where m is how often one human's records compare so and u how often two humans' do; the score is the
  probability that it gives. Two humans agree on a common value more often than on a rare one, so the u of an equal
  field is no less than the share of records that hold the value (Winkler). The prior is the expected duplicates per
  record.
#}
{% macro match_scores(fields) -%}
match_weighed as (
    select
        match_levels.id_a,
        match_levels.id_b,
        log2(2 * duplicates_per_record / greatest(record_count - 1, 1))
        {% for field in fields -%}
        + case match_levels.{{ field }}
            {% for level in match_level_names().split() -%}
            {%- set m, u = field ~ '_' ~ level ~ '_m_probability', field ~ '_' ~ level ~ '_u_probability' -%}
            when '{{ level }}' then coalesce(log2({{ m }} / {{
                'greatest(coalesce(' ~ u ~ ', 0), ' ~ field ~ '_share)' if level == 'equal' else u
            }}), 0)
            {% endfor -%}
            else 0
        end
        {% endfor -%}
        as match_weight,
        substr(
            {% for field in fields -%}
            {% if not loop.first %}|| {% endif -%}
            case when match_levels.{{ field }} in ('equal', 'close', 'near')
                then ', {{ field }}:' || match_levels.{{ field }} else '' end
            {% endfor -%}
            , 3
        ) as evidence
    from match_levels
    cross join match_settings
),

match_scores as (
    select
        id_a,
        id_b,
        match_weight,
        1 / (1 + power(2, -match_weight)) as match_score,
        evidence
    from match_weighed
)
{%- endmacro %}

{# The keys that people are compared by, columns of int_people_compared, between blanks. #}
{% macro match_keys_of_people() -%}
    phone name_company_key first_name_company_key name_country_key mailbox_country_key
{%- endmacro %}
