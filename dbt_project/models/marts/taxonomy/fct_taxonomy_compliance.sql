-- Grain: one row per month of the visit or the spend, channel and campaign.
with

sessions as (select * from {{ ref('fct_sessions') }} where is_taxonomy_compliant is not null),

spend as (select * from {{ ref('fct_ad_spend') }}),

campaigns as (select * from {{ ref('dim_campaigns') }}),

campaign_records as (select * from {{ ref('dim_campaign_records') }}),

campaign_register as (select * from {{ ref('campaign_register') }}),

united as (
    select
        {{ month_start('session_date') }} as period_start_date,
        channel,
        campaign_id,
        1 as tagged_session_count,
        case when is_taxonomy_compliant then 1 else 0 end as compliant_session_count,
        0 as spend_usd,
        0 as compliant_spend_usd
    from sessions
    union all
    select
        {{ month_start('spend.spend_date') }},
        spend.channel,
        spend.campaign_id,
        0,
        0,
        spend.amount_usd,
        case when campaign_records.is_taxonomy_compliant then spend.amount_usd end
    from spend
    left join campaign_records on spend.campaign_record_id = campaign_records.campaign_record_id
),

summed as (
    select
        period_start_date,
        channel,
        campaign_id,
        sum(tagged_session_count) as tagged_session_count,
        sum(compliant_session_count) as compliant_session_count,
        sum(spend_usd) as spend_usd,
        sum(compliant_spend_usd) as compliant_spend_usd
    from united
    group by period_start_date, channel, campaign_id
),

-- What a campaign cost shows its results where a visit came by a right link, whatever channel that is counted in.
covered as (
    select
        *,
        campaign_id <> 'unknown'
        and sum(compliant_session_count) over (partition by period_start_date, campaign_id) > 0 as is_covered
    from summed
)

select
    {{ hash_key(['covered.period_start_date', 'covered.channel', 'covered.campaign_id']) }} as compliance_id,
    'month' as period_type,
    covered.period_start_date,
    {{ periods_ago("'month'", 'covered.period_start_date') }} as periods_ago,
    {{ or_unknown('campaign_register.team') }} as team,
    covered.channel,
    covered.campaign_id,
    campaigns.campaign_name,
    cast(covered.tagged_session_count as bigint) as tagged_session_count,
    cast(covered.compliant_session_count as bigint) as compliant_session_count,
    cast(coalesce(covered.spend_usd, 0) as decimal(18, 6)) as spend_usd,
    cast(coalesce(covered.compliant_spend_usd, 0) as decimal(18, 6)) as compliant_spend_usd,
    cast(case when covered.is_covered then coalesce(covered.spend_usd, 0) else 0 end as decimal(18, 6))
        as covered_spend_usd
from covered
left join campaigns on covered.campaign_id = campaigns.campaign_id
left join campaign_register
    on
        campaigns.utm_campaign = {{ taxonomy_value('campaign_register.campaign_name') }}
        and {{ holds_on('campaign_register', 'covered.period_start_date') }}
