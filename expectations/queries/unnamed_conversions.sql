-- Grain: one row per action of the last 90 days that reads like a conversion and that no row of seeds/claimed_actions.csv
-- names, nor another spelling of the same event beside it, with the row to add.
select
    action_type,
    sum(value) as claimed_count,
    min(ad_id) as example,
    '{{ system }},' || action_type || ',<event>,1,<reason>' as row_to_add
from {{ table }}
where
    date >= {{ as_of }}::date - 90
    and regexp_matches(
        action_type,
        '^offsite_conversion[.]custom|^leadgen|^(submit_application|schedule|contact|subscribe|start_trial)(_total)?$'
    )
    and action_type not in (
        {%- for action in parameters['claimed_actions.' ~ system] %}'{{ action | replace("'", "''") }}'{{ ", " if not loop.last }}{% endfor -%}
    )
group by action_type
having sum(value) > 0
order by claimed_count desc, action_type
