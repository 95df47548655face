{# The most players that a game by enumeration has: 2 to the power of them are its coalitions. #}
{% macro shapley_players() -%}
    {{ return(12) }}
{%- endmacro %}

{#
  CTEs of which the last, `within_coalitions`, has the journeys of every coalition and of those within it, from a
  `relation` of which each row has a coalition and its journeys. Player by player, what a coalition without the player
  counts, it counts with the player too.
#}
{% macro within_coalitions(relation, game, players) -%}
coalition_ways as (
    select 0 as is_added
    union all
    select 1
),
{% for player in range(players) %}
{%- set is_last = player == players - 1 %}
{{ 'within_coalitions' if is_last else 'within_' ~ player }} as (
    select
        {{ game }},
        player_count,
        coalition + {{ 2 ** player }} * is_added as coalition,
        coalition_size + is_added as coalition_size,
        sum(conversion_count) as conversion_count,
        sum(journey_count) as journey_count
    from {{ 'within_' ~ (player - 1) if player else relation }}
    cross join coalition_ways
    where is_added = 0 or (player_count > {{ player }} and (coalition & {{ 2 ** player }}) = 0)
    group by {{ game }}, player_count, coalition + {{ 2 ** player }} * is_added, coalition_size + is_added
){{ ',' if not is_last }}
{% endfor -%}
{%- endmacro %}

{#
  For games of each number of players, by the size of a coalition: the share of the orders in which its members come
  first and a given one of them last (`weight_with`), or a given other player next (`weight_without`).
#}
{% macro shapley_weights(most_players) -%}
    {%- set factorials = [1] -%}
    {%- for number in range(1, most_players + 1) -%}
        {%- do factorials.append(factorials[-1] * number) -%}
    {%- endfor -%}
    {%- for players in range(1, most_players + 1) -%}
        {%- set rest_of_players = loop -%}
        {%- for size in range(players + 1) -%}
            select
                {{ players }} as player_count,
                {{ size }} as coalition_size,
                cast({{ factorials[size - 1] * factorials[players - size] if size else 0 }} as double)
                / {{ factorials[players] }} as weight_with,
                cast({{ factorials[size] * factorials[players - size - 1] if size < players else 0 }} as double)
                / {{ factorials[players] }} as weight_without
            {{ 'union all' if not (loop.last and rest_of_players.last) }}
        {% endfor -%}
    {%- endfor -%}
{%- endmacro %}
