-- Grain: one row per opportunity that is not deleted.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_held),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

people as (select * from {{ ref('dim_people') }}),

people_counts as (
    select
        opportunity_id,
        max(case when is_primary then person_id end) as primary_person_id,
        count(*) as person_count
    from opportunity_people
    group by opportunity_id
),

dated as (
    select
        opportunities.*,
        amounts.rate_date,
        amounts.won_date,
        amounts.amount_usd,
        amounts.won_amount_usd,
        amounts.has_missing_rate,
        milestones.accepted_at,
        milestones.undeclared_stage_name,
        case when opportunities.is_closed then milestones.last_closed_at end as closed_at,
        coalesce(milestones.reopened_count, 0) as reopened_count
    from opportunities
    inner join amounts on opportunities.opportunity_id = amounts.opportunity_id
    left join milestones on opportunities.opportunity_id = milestones.opportunity_id
    where not opportunities.is_deleted
)

select
    dated.opportunity_id,
    dated.system,
    dated.source_opportunity_id,
    coalesce(accounts.account_id, dated.account_record_id) as account_id,
    people_counts.primary_person_id,
    {{ or_unknown('dated.owner_id') }} as owner_id,
    {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
    {{ or_unknown('people.first_touch_channel') }} as channel,
    {{ safe_text(mask_emails('dated.opportunity_name')) }} as opportunity_name,
    dated.stage_name,
    dated.stage_order,
    dated.opportunity_type,
    dated.lead_source,
    dated.loss_reason,
    dated.currency_code,
    dated.amount,
    dated.amount_usd,
    dated.won_amount_usd,
    dated.rate_date,
    dated.has_missing_rate,
    dated.is_pending_acceptance,
    dated.is_closed is not null and dated.is_won is not null as is_stage_known,
    dated.undeclared_stage_name,
    dated.is_closed,
    dated.is_won,
    coalesce(dated.closed_at < dated.created_at or dated.accepted_at < dated.created_at, false)
        as has_negative_interval,
    cast(coalesce(people_counts.person_count, 0) as bigint) as person_count,
    cast(dated.reopened_count as bigint) as reopened_count,
    dated.close_date,
    dated.won_date,
    {{ reporting_date('dated.created_at') }} as created_date,
    dated.created_at,
    dated.accepted_at,
    dated.closed_at,
    {{- published_custom_fields('opportunities', 'dated') }}
    dated.updated_at
from dated
left join accounts on dated.account_record_id = accounts.account_record_id
left join people_counts on dated.opportunity_id = people_counts.opportunity_id
left join people on people_counts.primary_person_id = people.person_id
left join campaigns on dated.campaign_id = campaigns.campaign_record_id
