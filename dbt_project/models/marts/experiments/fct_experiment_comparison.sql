-- Grain: one row per experiment that has a figure, metric, attribution setting and attribution model.
with

experiments as (
    select * from {{ ref('fct_experiments') }}
    where verdict not in ('running', 'too_few')
),

all_units as (select * from {{ ref('int_experiment_units') }}),

units as (select * from all_units where is_treated),

members as (select * from {{ ref('int_experiment_members') }} where member_kind = 'person'),

opportunities as (select * from {{ ref('int_experiment_opportunities') }}),

credits as (select * from {{ ref('fct_attribution_credits_by_setting') }}),

touchpoints as (select * from {{ ref('fct_touchpoints') }}),

people as (select * from {{ ref('dim_people') }}),

campaigns as (select * from {{ ref('dim_campaigns') }}),

-- Who and what converts in the treated units.
converting as (
    select
        units.experiment_id,
        members.member_id as conversion_id
    from units
    inner join members on units.experiment_id = members.experiment_id and units.unit_value = members.unit_value
    union all
    select
        units.experiment_id,
        opportunities.opportunity_id
    from units
    inner join opportunities
        on units.experiment_id = opportunities.experiment_id and units.unit_value = opportunities.unit_value
),

measures as (
    {% for metric, basis in [
        ('mqls', 'mql'), ('opportunities', 'pipeline'), ('pipeline', 'pipeline'), ('won', 'revenue'),
    ] -%}
        select '{{ metric }}' as metric, '{{ basis }}' as basis
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Nobody's model credits the making of a record: of people it is the first touch, and the last before they were known.
first_and_last as (
    select
        touchpoints.*,
        people.known_at,
        row_number() over (
            partition by touchpoints.person_id order by touchpoints.touchpoint_at asc, touchpoints.touchpoint_id asc
        ) as first_place,
        row_number() over (
            partition by touchpoints.person_id order by touchpoints.touchpoint_at desc, touchpoints.touchpoint_id desc
        ) as last_place
    from touchpoints
    inner join people on touchpoints.person_id = people.person_id
    where {{ reporting_date('touchpoints.touchpoint_at') }} <= {{ reporting_date('people.known_at') }}
),

credited as (
    select
        measures.metric,
        credits.attribution_setting,
        credits.attribution_model,
        credits.conversion_id,
        credits.channel,
        credits.campaign_id,
        {{ reporting_date('credits.touchpoint_at') }} as touch_date,
        credits.counted_date,
        case
            when measures.metric in ('pipeline', 'won') then cast(credits.credit_usd as double)
            else cast(credits.credit_share as double)
        end as credit
    from credits
    inner join measures on credits.basis = measures.basis
    {% for model, place in [('first_touch', 'first_place'), ('last_touch', 'last_place')] -%}
        union all
        select
            'people',
            'person',
            '{{ model }}',
            person_id,
            channel,
            campaign_id,
            {{ reporting_date('touchpoint_at') }},
            {{ reporting_date('known_at') }},
            1.0
        from first_and_last
        where {{ place }} = 1
    {% endfor %}
),

models as (
    select distinct
        metric,
        attribution_setting,
        attribution_model
    from credited
),

touched as (
    select
        experiment_id,
        sum(touched_person_count) as touched_person_count
    from all_units
    group by experiment_id
),

-- Touches of the test alone: what the channel did before it did in either cell.
attributed as (
    select
        experiments.experiment_id,
        credited.metric,
        credited.attribution_setting,
        credited.attribution_model,
        sum(cast(round(credited.credit * 1000000, 0) as decimal(28, 0))) as credit_units
    from experiments
    inner join credited
        on
            experiments.metric = credited.metric
            and experiments.channel = credited.channel
            and experiments.test_start_date <= credited.touch_date
            and experiments.test_end_date > credited.touch_date
            and experiments.test_start_date <= credited.counted_date
            and experiments.read_end_date > credited.counted_date
    inner join converting
        on experiments.experiment_id = converting.experiment_id and credited.conversion_id = converting.conversion_id
    left join campaigns on credited.campaign_id = campaigns.campaign_id
    where experiments.campaign is null or experiments.campaign = lower(campaigns.utm_campaign)
    group by
        experiments.experiment_id, credited.metric, credited.attribution_setting, credited.attribution_model
),

-- A model that gives the channel nothing says so; where no touch of anybody is known it says nothing.
compared as (
    select
        experiments.*,
        models.attribution_setting,
        models.attribution_model,
        cast(
            case
                when touched.touched_person_count > 0 then coalesce(attributed.credit_units, 0)
                else attributed.credit_units
            end as double
        ) / 1000000 as attributed
    from experiments
    inner join models on experiments.metric = models.metric
    left join touched on experiments.experiment_id = touched.experiment_id
    left join attributed
        on
            experiments.experiment_id = attributed.experiment_id
            and experiments.metric = attributed.metric
            and models.attribution_setting = attributed.attribution_setting
            and models.attribution_model = attributed.attribution_model
)

select
    experiment_id,
    channel,
    metric,
    is_asked,
    attribution_setting,
    attribution_model,
    verdict,
    attributed,
    lift,
    lift_low,
    lift_high,
    case when lift > 0 then attributed / lift end as attributed_per_lift,
    case when verdict <> 'invalid' then attributed between lift_low and lift_high end as is_within_interval
from compared
