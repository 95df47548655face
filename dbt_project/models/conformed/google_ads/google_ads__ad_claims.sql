-- Grain: one row per campaign, day, device, network and kind of claim.
with

stats as (select * from {{ ref('stg_google_ads__campaign_stats') }} where not coalesce(is_deleted, false)),

accounts as (select * from {{ ref('stg_google_ads__accounts') }}),

kinds as (
    select
        *,
        'click' as claim_kind,
        conversion_count as claimed_count,
        conversion_value as claimed_value
    from stats
    union all
    select
        *,
        'view' as claim_kind,
        cast(view_through_count as decimal(18, 6)) as claimed_count,
        cast(null as decimal(18, 6)) as claimed_value
    from stats
)

select
    {{ hash_key(['kinds.ad_campaign_id', 'kinds.spend_date', 'kinds.device', 'kinds.ad_network_type']) }}
        as claim_line_id,
    kinds.claim_kind,
    cast(kinds.ad_campaign_id as string) as ad_campaign_id,
    kinds.spend_date as claim_date,
    kinds.claimed_count,
    kinds.claimed_value,
    upper(coalesce(kinds.currency_code, accounts.currency_code)) as currency_code
from kinds
left join accounts on kinds.ad_account_id = accounts.ad_account_id
where kinds.claimed_count is not null
