-- Grain: one row per ad, day, measure (count or value) and action type; what a list holds twice adds up.
-- The ad's statistics list actions themselves, or a connector keeps them in tables of their own.
{%- set names = ['action_type', 'value', '7d_click', '1d_view'] %}
with

stats as (select * from {{ ref('stg_meta_ads__ad_stats') }} where not is_deleted),

told as (
    {% for measure, list in [('count', 'listed_actions'), ('value', 'listed_action_values')] -%}
        select
            stats.ad_id,
            stats.spend_date as action_date,
            '{{ measure }}' as measure,
            {{ listed_value('action_type') }} as action_type,
            {{ try_cast(listed_value('value'), 'decimal(18, 6)') }} as action_value,
            {{ try_cast(listed_value('7d_click'), 'decimal(18, 6)') }} as click_value,
            {{ try_cast(listed_value('1d_view'), 'decimal(18, 6)') }} as view_value
        from stats
        cross join {{ json_list_rows('stats.' ~ list, names) }}
        union all
    {% endfor -%}
    {% for measure, table in [('count', 'ad_actions'), ('value', 'ad_action_values')] -%}
        select
            actions.ad_id,
            actions.action_date,
            '{{ measure }}' as measure,
            actions.action_type,
            actions.action_value,
            actions.click_value,
            actions.view_value
        from {{ ref('stg_meta_ads__' ~ table) }} as actions
        left join stats on actions.ad_id = stats.ad_id and actions.action_date = stats.spend_date
        where not actions.is_deleted and stats.listed_actions is null
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    ad_id,
    action_date,
    measure,
    action_type,
    sum(action_value) as action_value,
    sum(click_value) as click_value,
    sum(view_value) as view_value
from told
group by ad_id, action_date, measure, action_type
