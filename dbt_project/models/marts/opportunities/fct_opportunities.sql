-- Grain: one row per opportunity that is not deleted.
with

opportunities as (select * from {{ ref('int_opportunities_united') }}),

milestones as (select * from {{ ref('int_opportunity_milestones') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_held),

accounts as (select * from {{ ref('int_accounts_resolved') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

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

-- Money is dated by what happened: pipeline by the creation, revenue by the close.
dated as (
    select
        opportunities.*,
        {{ reporting_date('opportunities.created_at') }} as rate_date,
        case
            when opportunities.is_won
                then coalesce(
                    opportunities.close_date,
                    {{ reporting_date('coalesce(milestones.last_closed_at, opportunities.created_at)') }}
                )
        end as won_rate_date,
        milestones.accepted_at,
        milestones.undeclared_stage_name,
        case when opportunities.is_closed then milestones.last_closed_at end as closed_at,
        coalesce(milestones.reopened_count, 0) as reopened_count
    from opportunities
    left join milestones on opportunities.opportunity_id = milestones.opportunity_id
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
    cast(round(cast(dated.amount as double) * currency_rates.reporting_rate, 2) as decimal(18, 2)) as amount_usd,
    cast(round(cast(dated.amount as double) * won_rates.reporting_rate, 2) as decimal(18, 2)) as won_amount_usd,
    dated.rate_date,
    dated.amount is not null
    and (
        currency_rates.reporting_rate is null
        or (coalesce(dated.is_won, false) and won_rates.reporting_rate is null)
    )
        as has_missing_rate,
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
left join currency_rates
    on
        dated.currency_code = currency_rates.currency_code
        and dated.rate_date >= currency_rates.start_date
        and dated.rate_date < currency_rates.end_date
left join currency_rates as won_rates
    on
        dated.currency_code = won_rates.currency_code
        and dated.won_rate_date >= won_rates.start_date
        and dated.won_rate_date < won_rates.end_date
where not dated.is_deleted
