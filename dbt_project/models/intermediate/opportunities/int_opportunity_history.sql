-- Grain: one row per opportunity and interval [valid_from, valid_to) of unchanged stage, amount and close date.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

salesforce_history as (select * from {{ ref('stg_salesforce__opportunity_history') }}),

field_history as (select * from {{ ref('stg_salesforce__opportunity_field_history') }}),

deal_history as (select * from {{ ref('stg_hubspot__deal_property_history') }}),

opportunity_stages as (select * from {{ ref('opportunity_stages') }}),

-- What each source says changed at an instant; null is "not said".
changes as (
    select
        'salesforce:' || opportunity_id as opportunity_id,
        valid_from as changed_at,
        stage_name,
        cast(amount as decimal(18, 2)) as amount,
        close_date
    from salesforce_history
    union all
    select
        'salesforce:' || opportunity_id,
        changed_at,
        case when lower(field_name) in ('stagename', 'stage') then new_value end,
        case when lower(field_name) = 'amount' then {{ try_cast('new_value', 'decimal(18, 2)') }} end,
        case when lower(field_name) = 'closedate' then {{ try_cast('substr(new_value, 1, 10)', 'date') }} end
    from field_history
    where lower(field_name) in ('stagename', 'stage', 'amount', 'closedate')
    union all
    select
        'hubspot:' || cast(deal_id as string),
        changed_at,
        case when property_name = 'dealstage' then property_value end,
        case when property_name = 'amount' then {{ try_cast('property_value', 'decimal(18, 2)') }} end,
        case when property_name = 'closedate' then {{ try_cast('substr(property_value, 1, 10)', 'date') }} end
    from deal_history
    where property_name in ('dealstage', 'amount', 'closedate')
),

last_stages as (
    select
        opportunity_id,
        max(changed_at) as changed_at,
        max_by(stage_name, case when stage_name is not null then changed_at end) as stage_name
    from changes
    group by opportunity_id
),

-- The record itself: it exists from its creation, and when its stage is ahead of its history, it changed by its
-- closing day or its last update. Such a row is inferred.
records as (
    select
        opportunities.opportunity_id,
        opportunities.created_at as changed_at,
        cast(null as string) as stage_name,
        cast(null as decimal(18, 2)) as amount,
        cast(null as date) as close_date,
        true as is_inferred
    from opportunities
    union all
    select
        opportunities.opportunity_id,
        greatest(
            opportunities.created_at,
            coalesce(last_stages.changed_at, opportunities.created_at),
            case
                when opportunities.is_closed and opportunities.close_date is not null
                    then cast(opportunities.close_date as timestamp)
                when last_stages.opportunity_id is null and not opportunities.is_closed then opportunities.created_at
                else coalesce(opportunities.updated_at, opportunities.created_at)
            end
        ),
        opportunities.stage_name,
        opportunities.amount,
        opportunities.close_date,
        true
    from opportunities
    left join last_stages on opportunities.opportunity_id = last_stages.opportunity_id
    where
        opportunities.stage_name is not null
        and (last_stages.stage_name is null or last_stages.stage_name <> opportunities.stage_name)
),

-- One row per instant: a stamped value beats an inferred one.
instants as (
    select
        every_change.opportunity_id,
        every_change.changed_at,
        coalesce(
            max(case when not every_change.is_inferred then every_change.stage_name end), max(every_change.stage_name)
        ) as stage_name,
        max(every_change.amount) as amount,
        max(every_change.close_date) as close_date,
        min(case when every_change.is_inferred then 1 else 0 end) = 1 as is_inferred
    from (
        select changes.*, false as is_inferred from changes
        union all
        select * from records
    ) as every_change
    inner join opportunities on every_change.opportunity_id = opportunities.opportunity_id
    group by every_change.opportunity_id, every_change.changed_at
),

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
    from instants
),

final as (
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
)

-- A stage that the seed does not know means what its record says while the record stands in it.
select
    final.opportunity_id,
    opportunities.system,
    final.valid_from,
    final.valid_to,
    final.stage_name,
    final.amount,
    final.close_date,
    coalesce(opportunity_stages.is_pending_acceptance, false) as is_pending_acceptance,
    coalesce(
        opportunity_stages.is_closed, opportunities.is_closed and final.stage_name = opportunities.stage_name, false
    ) as is_closed,
    coalesce(
        opportunity_stages.is_won, opportunities.is_won and final.stage_name = opportunities.stage_name, false
    ) as is_won,
    final.is_inferred,
    final.is_current
from final
inner join opportunities on final.opportunity_id = opportunities.opportunity_id
left join opportunity_stages
    on
        opportunities.system = opportunity_stages.system
        and final.stage_name = opportunity_stages.stage_name
