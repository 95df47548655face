-- Grain: one row per basis, opportunity and eligible touchpoint within the lookback, in order, with its roles.
with

conversions as (select * from {{ ref('int_opportunity_conversions') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }}),

person_records as (select * from {{ ref('int_person_records') }}),

touchpoints as (select * from {{ ref('int_touchpoints_united') }}),

touchpoint_kinds as (
    select * from {{ ref('touchpoint_kinds') }}
    where is_eligible
),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

channels as (select * from {{ ref('channels') }}),

-- The person record of the opportunity that came first is the lead whose creation a touch may claim.
lead_creations as (
    select
        opportunity_people.opportunity_id,
        min(person_records.created_at) as lead_created_at
    from opportunity_people
    inner join person_records on opportunity_people.person_id = person_records.person_id
    group by opportunity_people.opportunity_id
),

touches as (
    select
        conversions.basis,
        conversions.opportunity_id,
        touchpoints.touchpoint_id,
        touchpoints.person_id,
        people_accounts.account_id,
        touchpoints.touchpoint_at,
        touchpoints.channel,
        touchpoints.campaign_id,
        coalesce(channels.is_direct, false) as is_direct,
        conversions.conversion_at,
        touchpoints.touchpoint_at <= conversions.opportunity_created_at as is_before_creation,
        coalesce(touchpoints.touchpoint_at <= lead_creations.lead_created_at, false) as is_before_lead
    from conversions
    inner join opportunity_people on conversions.opportunity_id = opportunity_people.opportunity_id
    inner join touchpoints on opportunity_people.person_id = touchpoints.person_id
    inner join touchpoint_kinds on touchpoints.touchpoint_kind = touchpoint_kinds.touchpoint_kind
    left join people_accounts on touchpoints.person_id = people_accounts.person_id
    left join channels on touchpoints.channel = channels.channel
    left join lead_creations on conversions.opportunity_id = lead_creations.opportunity_id
    where
        touchpoints.touchpoint_at <= conversions.conversion_at
        and (opportunity_people.taken_at is null or opportunity_people.taken_at > conversions.conversion_at)
        and touchpoints.touchpoint_at
        >= {{ add_days('conversions.conversion_at', -1 * var('attribution_lookback_days')) }}
),

{%- set conversion = 'partition by basis, opportunity_id' %}

ranked as (
    select
        *,
        row_number() over ({{ conversion }} order by touchpoint_at, touchpoint_id) as touch_position,
        count(*) over ({{ conversion }}) as touch_count,
        row_number() over (
            {{ conversion }} order by is_direct asc, touchpoint_at desc, touchpoint_id desc
        ) as non_direct_position,
        row_number() over (
            {{ conversion }}
            order by
                is_before_lead desc,
                case when is_before_lead then touchpoint_at end desc nulls last,
                touchpoint_at,
                touchpoint_id asc
        ) as lead_creation_position,
        row_number() over (
            {{ conversion }} order by is_before_creation desc, touchpoint_at desc, touchpoint_id desc
        ) as opportunity_creation_position
    from touches
)

select
    basis,
    opportunity_id,
    touchpoint_id,
    person_id,
    account_id,
    channel,
    campaign_id,
    touchpoint_at,
    conversion_at,
    touch_position,
    touch_count,
    touch_position = 1 as is_first,
    touch_position = touch_count as is_last,
    non_direct_position = 1 as is_last_non_direct,
    lead_creation_position = 1 as is_lead_creation,
    opportunity_creation_position = 1 and is_before_creation as is_opportunity_creation
from ranked
