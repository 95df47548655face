-- Grain: one row per attribution setting, basis, conversion and eligible touchpoint within the lookback, in order, with
-- its roles.
{%- set conversion = 'partition by attribution_setting, basis, conversion_id' %}
with

conversion_people as (select * from {{ ref('int_conversion_people') }}),

people_created as (select * from {{ ref('int_people_created') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

touchpoint_kinds as (select * from {{ ref('touchpoint_kinds') }} where is_eligible),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

channels as (select * from {{ ref('channels') }}),

-- The person record that came first is the lead whose creation a touch may claim.
people as (
    select
        conversion_people.*,
        min(people_created.created_at) over (
            partition by
                conversion_people.attribution_setting, conversion_people.basis, conversion_people.conversion_id
        ) as lead_created_at
    from conversion_people
    left join people_created on conversion_people.person_id = people_created.person_id
),

ordered as (
    select
        people.attribution_setting,
        people.basis,
        people.conversion_id,
        people.opportunity_id,
        touchpoints.touchpoint_id,
        people.person_id,
        people_accounts.account_id,
        touchpoints.channel,
        touchpoints.campaign_id,
        touchpoints.touchpoint_at,
        people.conversion_at,
        coalesce(channels.is_direct, false) as is_direct,
        coalesce(touchpoints.touchpoint_at <= people.opportunity_created_at, false) as is_before_creation,
        coalesce(touchpoints.touchpoint_at <= people.lead_created_at, false) as is_before_lead,
        row_number() over (
            partition by people.attribution_setting, people.basis, people.conversion_id
            order by touchpoints.touchpoint_at, touchpoints.touchpoint_id
        ) as touch_position
    from people
    inner join touchpoints on people.person_id = touchpoints.person_id
    inner join touchpoint_kinds on touchpoints.touchpoint_kind = touchpoint_kinds.touchpoint_kind
    left join people_accounts on touchpoints.person_id = people_accounts.person_id
    left join channels on touchpoints.channel = channels.channel
    where
        touchpoints.touchpoint_at <= people.conversion_at
        and touchpoints.touchpoint_at >= {{ add_seconds('people.conversion_at', '-86400 * people.lookback_days') }}
),

-- Each role is one position: the last before what it names, and of the lead's creation else the first after it.
placed as (
    select
        *,
        count(*) over ({{ conversion }}) as touch_count,
        max(touchpoint_at) over ({{ conversion }}) as last_touch_at,
        max(case when not is_direct then touch_position end) over ({{ conversion }}) as non_direct_position,
        coalesce(max(case when is_before_lead then touch_position end) over ({{ conversion }}), 1) as lead_position,
        max(case when is_before_creation then touch_position end) over ({{ conversion }}) as creation_position,
        count(*) over ({{ conversion }}, channel) as channel_touch_count,
        min(touch_position) over ({{ conversion }}, channel) as channel_position
    from ordered
)

select
    attribution_setting,
    basis,
    conversion_id,
    opportunity_id,
    touchpoint_id,
    person_id,
    account_id,
    channel,
    campaign_id,
    touchpoint_at,
    last_touch_at,
    conversion_at,
    touch_position,
    touch_count,
    channel_touch_count,
    sum(case when touch_position = channel_position then 1 else 0 end) over ({{ conversion }}) as channel_count,
    touch_position = 1 as is_first,
    touch_position = touch_count as is_last,
    touch_position = coalesce(non_direct_position, touch_count) as is_last_non_direct,
    touch_position = lead_position as is_lead_creation,
    coalesce(touch_position = creation_position, false) as is_opportunity_creation,
    touch_position = touch_count and basis = 'revenue' as is_close
from placed
