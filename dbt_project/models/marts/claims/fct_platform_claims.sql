-- Grain: one row per ad platform, campaign, month and kind of claim.
-- What several platforms run under one name is held for the platform that a touch came from.
with

claims as (select * from {{ ref('ad_claims') }}),

spend as (select * from {{ ref('fct_ad_spend') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

system_currencies as (select * from {{ ref('system_currencies') }}),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

touchpoints as (select * from {{ ref('fct_touchpoints') }}),

form_fills as (select * from {{ ref('fct_touchpoint_parts') }} where part_kind = 'form_fill'),

platform_sources as (select * from {{ ref('ad_platform_sources') }}),

settings as (select * from {{ ref('int_attribution_settings') }} where is_first),

credits as (
    select * from {{ ref('fct_attribution_credits_by_setting') }}
    where attribution_setting in (select settings.attribution_setting from settings)
),

-- The account of a campaign, where spend names one.
accounts as (
    select
        ad_platform,
        ad_campaign_id,
        min(ad_account_id) as ad_account_id
    from spend
    group by ad_platform, ad_campaign_id
),

priced as (
    select
        claims.system as ad_platform,
        {{ or_unknown('accounts.ad_account_id') }} as ad_account_id,
        {{ or_unknown('campaigns.campaign_id') }} as campaign_id,
        {{ month_start('claims.claim_date') }} as period_start_date,
        claims.claim_kind,
        claims.claimed_count,
        claims.claimed_value,
        cast(
            round(cast(claims.claimed_value as double) * currency_rates.reporting_rate, 6) as decimal(18, 6)
        ) as claimed_value_usd
    from claims
    left join campaigns
        on claims.system || ':' || {{ or_unknown('claims.ad_campaign_id') }} = campaigns.campaign_record_id
    left join accounts
        on
            claims.system = accounts.ad_platform
            and {{ or_unknown('claims.ad_campaign_id') }} = {{ or_unknown('accounts.ad_campaign_id') }}
    left join system_currencies on claims.system = system_currencies.system
    left join currency_rates
        on
            coalesce(
                claims.currency_code,
                case
                    when system_currencies.currency_code = 'reporting' then '{{ var("reporting_currency") }}'
                    else upper(system_currencies.currency_code)
                end
            ) = currency_rates.currency_code
            and claims.claim_date >= currency_rates.start_date
            and claims.claim_date < currency_rates.end_date
),

claimed as (
    select
        ad_platform,
        campaign_id,
        period_start_date,
        claim_kind,
        sum(claimed_count) as claimed_count,
        sum(claimed_value_usd) as claimed_value_usd,
        max(case when claimed_value <> 0 and claimed_value_usd is null then 1 else 0 end) = 1 as has_missing_rate
    from priced
    group by ad_platform, campaign_id, period_start_date, claim_kind
),

members as (
    select ad_platform, ad_account_id, campaign_id, period_start_date from priced
    union
    select ad_platform, {{ or_unknown('ad_account_id') }}, campaign_id, {{ month_start('spend_date') }} from spend
),

-- A platform tells nothing of who did nothing: where an account tells of any campaign of the month, its others claim
-- none.
told as (
    select distinct
        members.ad_platform,
        members.campaign_id,
        members.period_start_date,
        priced.claim_kind
    from members
    inner join priced
        on
            members.ad_platform = priced.ad_platform
            and members.ad_account_id = priced.ad_account_id
            and members.period_start_date = priced.period_start_date
),

kinds as (
    {% for kind in ['click', 'view'] -%}
        select distinct
            ad_platform,
            campaign_id,
            period_start_date,
            '{{ kind }}' as claim_kind
        from members
        union all
    {% endfor -%}
    select
        ad_platform,
        campaign_id,
        period_start_date,
        claim_kind
    from told
    where claim_kind = 'undivided'
),

shared as (
    select
        campaign_id,
        min(ad_platform) as ad_platform,
        count(distinct ad_platform) > 1 as is_shared
    from members
    where campaign_id <> 'unknown'
    group by campaign_id
),

-- Whose ad a touch followed: the campaign's only platform, or of several the one that its source is of.
touched as (
    select
        touchpoints.touchpoint_id,
        touchpoints.campaign_id,
        case when shared.is_shared then platform_sources.ad_platform else shared.ad_platform end as ad_platform
    from touchpoints
    inner join shared on touchpoints.campaign_id = shared.campaign_id
    left join platform_sources on lower(touchpoints.source) = platform_sources.source
),

forms as (
    select
        touched.ad_platform,
        touched.campaign_id,
        {{ month_start(reporting_date('form_fills.touched_at')) }} as period_start_date,
        count(*) as form_fill_count,
        count(distinct form_fills.person_id) as people_count
    from form_fills
    inner join touched on form_fills.touchpoint_id = touched.touchpoint_id
    group by
        touched.ad_platform, touched.campaign_id, {{ month_start(reporting_date('form_fills.touched_at')) }}
),

earned as (
    select
        touched.ad_platform,
        touched.campaign_id,
        {{ month_start('credits.counted_date') }} as period_start_date,
        {% for basis, name in [('mql', 'mql'), ('pipeline', 'opportunity'), ('revenue', 'won')] -%}
            count(distinct case when credits.basis = '{{ basis }}' then credits.conversion_id end)
                as {{ name }}_count,
            sum(case
                when credits.basis = '{{ basis }}' and credits.attribution_model = 'last_touch'
                    then credits.credit_share
                else 0
            end) as last_touch_{{ name }}_credit,
        {% endfor -%}
        sum(case
            when credits.basis = 'revenue' and credits.attribution_model = 'last_touch' then credits.credit_usd
            else 0
        end) as last_touch_won_usd
    from credits
    inner join touched on credits.touchpoint_id = touched.touchpoint_id
    group by touched.ad_platform, touched.campaign_id, {{ month_start('credits.counted_date') }}
),

compared as (
    select
        kinds.*,
        case when told.claim_kind is not null then coalesce(claimed.claimed_count, 0) end as claimed_count,
        claimed.claimed_value_usd,
        coalesce(claimed.has_missing_rate, false) as has_missing_rate,
        told.claim_kind is not null as is_told,
        kinds.campaign_id <> 'unknown' as has_campaign,
        forms.form_fill_count,
        forms.people_count,
        {% for name in ['mql', 'opportunity', 'won'] -%}
            earned.{{ name }}_count,
            earned.last_touch_{{ name }}_credit,
        {% endfor -%}
        earned.last_touch_won_usd
    from kinds
    left join told
        on
            kinds.ad_platform = told.ad_platform
            and kinds.campaign_id = told.campaign_id
            and kinds.period_start_date = told.period_start_date
            and kinds.claim_kind = told.claim_kind
    left join claimed
        on
            kinds.ad_platform = claimed.ad_platform
            and kinds.campaign_id = claimed.campaign_id
            and kinds.period_start_date = claimed.period_start_date
            and kinds.claim_kind = claimed.claim_kind
    left join forms
        on
            kinds.ad_platform = forms.ad_platform
            and kinds.campaign_id = forms.campaign_id
            and kinds.period_start_date = forms.period_start_date
    left join earned
        on
            kinds.ad_platform = earned.ad_platform
            and kinds.campaign_id = earned.campaign_id
            and kinds.period_start_date = earned.period_start_date
)

select
    ad_platform,
    campaign_id,
    'month' as period_type,
    period_start_date,
    {{ periods_ago("'month'", 'period_start_date') }} as periods_ago,
    claim_kind,
    case
        when not is_told then 'no_data'
        when not has_campaign then 'no_campaign'
        when form_fill_count is null then 'nothing_held'
        else 'compared'
    end as claim_status,
    cast(claimed_count as decimal(18, 6)) as claimed_count,
    cast(claimed_value_usd as decimal(18, 6)) as claimed_value_usd,
    has_missing_rate,
    {% for held, name in [
        ('form_fill_count', 'held_form_fill_count'), ('people_count', 'held_people_count'),
        ('mql_count', 'held_mql_count'), ('opportunity_count', 'held_opportunity_count'),
        ('won_count', 'held_won_count'),
    ] -%}
        cast(case when has_campaign then coalesce({{ held }}, 0) end as bigint) as {{ name }},
    {% endfor -%}
    {% for name in ['mql', 'opportunity', 'won'] -%}
        cast(
            case when has_campaign then coalesce(last_touch_{{ name }}_credit, 0) end as decimal(28, 12)
        ) as last_touch_{{ name }}_credit,
    {% endfor -%}
    cast(case when has_campaign then coalesce(last_touch_won_usd, 0) end as decimal(18, 2)) as last_touch_won_usd,
    case when form_fill_count > 0 then cast(claimed_count as double) / form_fill_count end as over_claim_factor
from compared
