-- Grain: one row per attribution setting, basis and journey: an opportunity, or a person (in account mode an account)
-- who has none, with the channels of the eligible touches in order. What did not convert is followed to its close, or
-- to the run's instant.
{%- set journey = 'attribution_setting, basis, journey_id' %}
with

settings as (select * from {{ ref('int_attribution_settings') }}),

conversions as (select * from {{ ref('int_opportunity_conversions') }}),

converted_touches as (select * from {{ ref('int_touches_sequenced') }} where opportunity_id is not null),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }}),

living as (select * from {{ ref('int_people_living') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

touchpoint_kinds as (select * from {{ ref('touchpoint_kinds') }} where is_eligible),

-- Every opportunity converts to pipeline; to revenue those do not that are open, lost, or in a stage nobody knows.
unconverted_opportunities as (
    select
        conversions.opportunity_id,
        conversions.account_id,
        case
            when opportunities.is_closed then coalesce(milestones.last_closed_at, {{ as_of() }})
            else {{ as_of() }}
        end as ended_at
    from conversions
    inner join opportunities on conversions.opportunity_id = opportunities.opportunity_id
    left join milestones on conversions.opportunity_id = milestones.opportunity_id
    where
        conversions.basis = 'pipeline'
        and not coalesce(opportunities.is_won, false)
),

living_people as (
    select living.person_id, people_accounts.account_id
    from living
    left join people_accounts on living.person_id = people_accounts.person_id
),

people_with_opportunities as (
    select distinct opportunity_people.person_id
    from opportunity_people
    inner join conversions on opportunity_people.opportunity_id = conversions.opportunity_id
    where conversions.basis = 'pipeline'
),

accounts_with_opportunities as (
    select distinct account_id
    from conversions
    where basis = 'pipeline' and account_id is not null
),

bases as (
    select 'pipeline' as basis
    union all
    select 'revenue'
),

with_a_role as (
    {{ opportunity_roles_at('unconverted_opportunities', ['opportunity_id'], 'ended_at', 'opportunity_people') }}
),

people_of_opportunities as (
    select
        settings.attribution_setting,
        settings.lookback_days,
        'revenue' as basis,
        with_a_role.opportunity_id as journey_id,
        'opportunity' as journey_kind,
        with_a_role.ended_at,
        with_a_role.acting_person_id as person_id
    from with_a_role
    inner join settings
        on settings.mode = 'contact_roles' or (settings.mode = 'primary_role' and with_a_role.is_primary)
    union all
    select
        settings.attribution_setting,
        settings.lookback_days,
        'revenue' as basis,
        unconverted_opportunities.opportunity_id as journey_id,
        'opportunity' as journey_kind,
        unconverted_opportunities.ended_at,
        people_accounts.person_id
    from unconverted_opportunities
    inner join people_accounts on unconverted_opportunities.account_id = people_accounts.account_id
    inner join settings on settings.mode = 'account'
),

people_without_opportunities as (
    select
        settings.attribution_setting,
        settings.lookback_days,
        bases.basis,
        living_people.person_id as journey_id,
        'person' as journey_kind,
        {{ as_of() }} as ended_at,
        living_people.person_id
    from living_people
    cross join bases
    inner join settings on settings.mode in ('contact_roles', 'primary_role')
    left join people_with_opportunities on living_people.person_id = people_with_opportunities.person_id
    where people_with_opportunities.person_id is null
    union all
    select
        settings.attribution_setting,
        settings.lookback_days,
        bases.basis,
        living_people.account_id as journey_id,
        'account' as journey_kind,
        {{ as_of() }} as ended_at,
        living_people.person_id
    from living_people
    cross join bases
    inner join settings on settings.mode = 'account'
    left join accounts_with_opportunities on living_people.account_id = accounts_with_opportunities.account_id
    where
        living_people.account_id is not null
        and accounts_with_opportunities.account_id is null
),

people_of_unconverted as (
    select * from people_of_opportunities
    union all
    select * from people_without_opportunities
),

unconverted_touches as (
    select
        journeys.*,
        touchpoints.touchpoint_at,
        touchpoints.channel,
        row_number() over (
            partition by journeys.attribution_setting, journeys.basis, journeys.journey_id
            order by touchpoints.touchpoint_at, touchpoints.touchpoint_id
        ) as touch_position
    from people_of_unconverted as journeys
    inner join touchpoints on journeys.person_id = touchpoints.person_id
    inner join touchpoint_kinds on touchpoints.touchpoint_kind = touchpoint_kinds.touchpoint_kind
    where
        touchpoints.touchpoint_at <= journeys.ended_at
        and touchpoints.touchpoint_at >= {{ add_seconds('journeys.ended_at', '-86400 * journeys.lookback_days') }}
),

converted_paths as (
    select
        attribution_setting,
        basis,
        opportunity_id,
        {{ listed(or_unknown('channel'), ' > ', 'touch_position') }} as path,
        count(*) as touch_count,
        min(touchpoint_at) as first_touch_at,
        max(touchpoint_at) as last_touch_at
    from converted_touches
    group by attribution_setting, basis, opportunity_id
),

unconverted_paths as (
    select
        {{ journey }},
        journey_kind,
        ended_at,
        {{ listed(or_unknown('channel'), ' > ', 'touch_position') }} as path,
        count(*) as touch_count,
        min(touchpoint_at) as first_touch_at,
        max(touchpoint_at) as last_touch_at
    from unconverted_touches
    group by {{ journey }}, journey_kind, ended_at
),

-- An opportunity is a journey whether anybody was touched or not; a person, or an account, only with a touch.
final as (
    select
        settings.attribution_setting,
        conversions.basis,
        conversions.opportunity_id as journey_id,
        'opportunity' as journey_kind,
        true as is_converted,
        paths.path,
        paths.touch_count,
        paths.first_touch_at,
        paths.last_touch_at,
        conversions.conversion_at as ended_at,
        case conversions.basis when 'revenue' then amounts.won_amount_usd else amounts.amount_usd end as amount_usd
    from conversions
    cross join settings
    left join amounts on conversions.opportunity_id = amounts.opportunity_id
    left join converted_paths as paths
        on
            settings.attribution_setting = paths.attribution_setting
            and conversions.basis = paths.basis
            and conversions.opportunity_id = paths.opportunity_id
    union all
    select
        {{ journey }},
        journey_kind,
        false,
        path,
        touch_count,
        first_touch_at,
        last_touch_at,
        ended_at,
        cast(null as decimal(18, 2))
    from unconverted_paths
    union all
    select
        settings.attribution_setting,
        'revenue',
        unconverted_opportunities.opportunity_id,
        'opportunity',
        false,
        cast(null as string),
        0,
        cast(null as timestamp),
        cast(null as timestamp),
        unconverted_opportunities.ended_at,
        cast(null as decimal(18, 2))
    from unconverted_opportunities
    cross join settings
    left join unconverted_paths
        on
            settings.attribution_setting = unconverted_paths.attribution_setting
            and unconverted_opportunities.opportunity_id = unconverted_paths.journey_id
    where unconverted_paths.journey_id is null
)

select
    {{ journey }},
    journey_kind,
    is_converted,
    coalesce(path, 'unattributed') as path,
    coalesce(touch_count, 0) as touch_count,
    first_touch_at,
    last_touch_at,
    case when is_converted then ended_at end as conversion_at,
    ended_at,
    amount_usd
from final
