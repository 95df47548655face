-- Grain: one row per opportunity and interval [valid_from, valid_to) of unchanged stage, amount and close date.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

statements as (select * from {{ ref('int_opportunity_statements') }}),

stages as (select * from {{ ref('int_opportunity_stages') }}),

-- Carry the last said value forward: a group begins at each said value.
carried as (
    select
        opportunity_id,
        changed_at,
        stage_name,
        amount,
        close_date,
        is_inferred,
        {% for column in ['stage_name', 'amount', 'close_date'] -%}
            count({{ column }}) over (partition by opportunity_id order by changed_at) as {{ column }}_group,
        {% endfor -%}
        lead(changed_at) over (partition by opportunity_id order by changed_at) as valid_to
    from statements
),

held as (
    select
        opportunity_id,
        changed_at as valid_from,
        valid_to,
        {% for column in ['stage_name', 'amount', 'close_date'] -%}
            max({{ column }}) over (partition by opportunity_id, {{ column }}_group) as {{ column }},
        {% endfor -%}
        is_inferred,
        valid_to is null as is_current
    from carried
),

explained as (
    select
        held.*,
        opportunities.system,
        coalesce(stages.is_pending_acceptance, false) as is_pending_acceptance,
        {% for flag in ['is_closed', 'is_won'] -%}
            coalesce(
                stages.{{ flag }},
                case when held.stage_name = opportunities.stage_name then opportunities.{{ flag }} end
            ) as {{ flag }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from held
    inner join opportunities on held.opportunity_id = opportunities.opportunity_id
    left join stages
        on
            opportunities.system = stages.system
            and held.stage_name = stages.stage_name
)

-- A stage that nobody declares means what its record says while the record stands in it; one that it left was open, and
-- of the last nobody knows.
select
    opportunity_id,
    system,
    valid_from,
    valid_to,
    stage_name,
    amount,
    close_date,
    is_pending_acceptance,
    {% for flag in ['is_closed', 'is_won'] -%}
        coalesce({{ flag }}, case when not is_current then false end) as {{ flag }},
    {% endfor -%}
    is_closed is not null and is_won is not null as is_stage_known,
    is_inferred,
    is_current
from explained
