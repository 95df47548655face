-- Grain: one row per campaign, day and kind of claim.
-- A lead gen form follows a click. LinkedIn tells one value for clicks and views: it stands with what is not parted,
-- else with the clicks.
with

stats as (select * from {{ ref('stg_linkedin_ads__campaign_stats') }} where not coalesce(is_deleted, false)),

campaigns as (select * from {{ ref('stg_linkedin_ads__campaigns') }} where is_newest),

accounts as (select * from {{ ref('stg_linkedin_ads__accounts') }}),

divided as (
    select
        *,
        coalesce(click_conversion_count, site_conversion_count - view_conversion_count) as site_click_count,
        coalesce(view_conversion_count, site_conversion_count - click_conversion_count) as site_view_count,
        case when click_conversion_count is null and view_conversion_count is null then site_conversion_count end
            as undivided_count
    from stats
),

kinds as (
    select
        *,
        'click' as claim_kind,
        case
            when site_click_count is not null or lead_form_count is not null
                then coalesce(site_click_count, 0) + coalesce(lead_form_count, 0)
        end as claimed_count
    from divided
    union all
    select
        *,
        'view' as claim_kind,
        site_view_count as claimed_count
    from divided
    union all
    select
        *,
        'undivided' as claim_kind,
        undivided_count as claimed_count
    from divided
)

select
    {{ hash_key(['kinds.ad_campaign_id', 'kinds.spend_date']) }} as claim_line_id,
    kinds.claim_kind,
    cast(kinds.ad_campaign_id as string) as ad_campaign_id,
    kinds.spend_date as claim_date,
    cast(kinds.claimed_count as decimal(18, 6)) as claimed_count,
    case
        when kinds.claim_kind = case when kinds.undivided_count is null then 'click' else 'undivided' end
            then kinds.conversion_value
    end as claimed_value,
    upper(coalesce(kinds.currency_code, accounts.currency_code)) as currency_code
from kinds
left join campaigns on kinds.ad_campaign_id = campaigns.ad_campaign_id
left join accounts on campaigns.ad_account_id = accounts.ad_account_id
where kinds.claimed_count is not null
