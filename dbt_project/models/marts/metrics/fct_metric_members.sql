-- Grain: one row per metric and person or opportunity that it counts.
-- Each number of the funnel, of pipeline and of revenue is the sum of its rows here, by any of their columns.
with

transitions as (
    select * from {{ ref('int_stage_transitions') }}
    where is_first and entered_at <= {{ as_of() }}
),

entries as (
    select stage_entry_id, field from {{ ref('int_stage_entries') }}
),

people as (select * from {{ ref('dim_people') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

accounts as (select * from {{ ref('int_accounts_segmented') }}),

breakdowns as (
    select
        person_id,
        max(case when breakdown = 'segment' then breakdown_value end) as segment,
        max(case when breakdown = 'owner' then breakdown_value end) as owner_id
    from {{ ref('int_people_breakdowns') }}
    group by person_id
),

reached as (
    select
        transitions.stage || '_people' as metric,
        'person' as entity,
        transitions.person_id as entity_id,
        transitions.person_id,
        people.account_id,
        transitions.opportunity_id,
        people.first_touch_channel as channel,
        people.first_touch_campaign_id as campaign_id,
        breakdowns.segment,
        people.territory,
        breakdowns.owner_id,
        {{ reporting_date('transitions.entered_at') }} as counted_date,
        transitions.entered_at as counted_at,
        cast(1 as decimal(18, 2)) as counted_value,
        case when transitions.is_skipped then 'skipped' else transitions.evidence end as evidence,
        transitions.system,
        transitions.object,
        entries.field,
        transitions.source_record_id,
        transitions.person_record_id
    from transitions
    left join people on transitions.person_id = people.person_id
    left join breakdowns on transitions.person_id = breakdowns.person_id
    left join entries on transitions.stage_entry_id = entries.stage_entry_id
),

described as (
    select
        opportunities.*,
        coalesce(accounts.segment, 'unknown') as segment,
        coalesce(people.territory, 'unknown') as territory
    from opportunities
    left join accounts on opportunities.account_id = accounts.account_id
    left join people on opportunities.primary_person_id = people.person_id
),

sold as (
    select
        *, 'opportunities' as metric, created_date as counted_date, created_at as counted_at,
        cast(1 as decimal(18, 2)) as counted_value, 'created_at' as field
    from described
    union all
    select *, 'pipeline_amount', created_date, created_at, cast(coalesce(amount_usd, 0) as decimal(18, 2)), 'amount'
    from described
    union all
    select *, 'won_amount', won_date, closed_at, cast(coalesce(won_amount_usd, 0) as decimal(18, 2)), 'close_date'
    from described
    where won_date is not null
),

united as (
    select * from reached
    union all
    select
        metric, 'opportunity' as entity, opportunity_id as entity_id, primary_person_id, account_id, opportunity_id,
        channel, campaign_id, segment, territory, owner_id, counted_date, counted_at, counted_value, 'stamped', system,
        'opportunity', field, source_opportunity_id, cast(null as string)
    from sold
)

select
    {{ hash_key(['metric', 'entity_id']) }} as metric_member_id,
    metric,
    entity,
    entity_id,
    person_id,
    account_id,
    opportunity_id,
    channel,
    campaign_id,
    segment,
    territory,
    owner_id,
    counted_value,
    evidence,
    system,
    object,
    {{ safe_text(mask_emails('field')) }} as field,
    {{ safe_text(mask_emails('source_record_id')) }} as source_record_id,
    {{ safe_text(mask_emails('person_record_id')) }} as person_record_id,
    counted_date,
    counted_at
from united
