-- What the platforms reported is what the mart holds, per platform and day, in exact millionths: pmax_spend_gap.
with

spend_in as (
    select
        'google_ads' as ad_platform,
        spend_date,
        sum(cost_micros * cast(0.000001 as decimal(7, 6))) as amount
    from {{ ref('stg_google_ads__campaign_stats') }}
    group by spend_date
    union all
    select
        'linkedin_ads',
        spend_date,
        sum(cost_amount)
    from {{ ref('stg_linkedin_ads__campaign_stats') }}
    group by spend_date
    union all
    select
        'meta_ads',
        spend_date,
        sum(cost_amount)
    from {{ ref('stg_meta_ads__ad_stats') }}
    group by spend_date
),

spend_out as (
    select
        ad_platform,
        spend_date,
        sum(amount) as amount
    from {{ ref('fct_ad_spend') }}
    group by ad_platform, spend_date
)

select
    coalesce(spend_in.ad_platform, spend_out.ad_platform) as ad_platform,
    coalesce(spend_in.spend_date, spend_out.spend_date) as spend_date,
    spend_in.amount as amount_in,
    spend_out.amount as amount_out
from spend_in
full outer join spend_out
    on
        spend_in.ad_platform = spend_out.ad_platform
        and spend_in.spend_date = spend_out.spend_date
where coalesce(spend_in.amount, 0) <> coalesce(spend_out.amount, 0)
