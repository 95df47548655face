-- Grain: one row per defect and night that found it, or found it no more.
-- Nights are remembered in the lake when they are published; of the run's own instant, only the run itself tells.
with

remembered as (select * from {{ ref('stg_lake__defect_changes') }} where changed_at < {{ as_of() }}),

detected as (select * from {{ ref('fct_detected_defects') }} where is_open),

last_words as (
    select
        defect_id,
        max_by(change, changed_at) as change
    from remembered
    group by defect_id
),

{%- set told = ['defect_kind', 'system', 'object', 'record_id', 'related_record_id', 'detail'] %}

gone as (
    select
        remembered.defect_id,
        {% for column in told -%}
            max_by(remembered.{{ column }}, remembered.changed_at) as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from remembered
    inner join last_words on remembered.defect_id = last_words.defect_id
    left join detected on remembered.defect_id = detected.defect_id
    where last_words.change = 'found' and detected.defect_id is null
    group by remembered.defect_id
),

final as (
    select
        defect_id,
        change,
        changed_at,
        {{ told | join(', ') }}
    from remembered
    union all
    select
        detected.defect_id,
        'found',
        {{ as_of() }},
        {% for column in told -%}
            detected.{{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from detected
    left join last_words on detected.defect_id = last_words.defect_id
    where coalesce(last_words.change, 'repaired') = 'repaired'
    union all
    select
        defect_id,
        'repaired',
        {{ as_of() }},
        {{ told | join(', ') }}
    from gone
)

select
    defect_id,
    change,
    defect_kind,
    system,
    object,
    record_id,
    related_record_id,
    detail,
    {{ reporting_date('changed_at') }} as changed_date,
    changed_at
from final
