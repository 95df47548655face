-- Grain: one row per ad, day and kind of claim.
-- Meta tells one event by several action types: of those of an event the first of seed claimed_actions counts. Of a day
-- with actions, of which none is a conversion, no conversion is claimed. Who watched and did not click has viewed,
-- however long: what Meta calls an engaged view is in `value`, and in neither window.
with

actions as (select * from {{ ref('meta_ads__actions') }}),

claimed_actions as (select * from {{ ref('claimed_actions') }} where ad_platform = 'meta_ads'),

stats as (select * from {{ ref('stg_meta_ads__ad_stats') }}),

ads as (select * from {{ ref('stg_meta_ads__ads') }}),

accounts as (select * from {{ ref('stg_meta_ads__accounts') }}),

windows as (
    select
        ad_id,
        action_date,
        max(case when click_value is not null or view_value is not null then 1 else 0 end) = 1 as has_windows
    from actions
    group by ad_id, action_date
),

ranked as (
    select
        actions.*,
        rank() over (
            partition by actions.ad_id, actions.action_date, actions.measure, claimed_actions.event
            order by claimed_actions.event_order asc
        ) as type_rank
    from actions
    inner join claimed_actions on actions.action_type = claimed_actions.action_type
),

kinds as (
    {% for kind, claimed, days in [
        ('click', 'ranked.click_value, ranked.action_value - coalesce(ranked.view_value, 0)', 'windows.has_windows'),
        ('view', 'greatest(ranked.view_value, ranked.action_value - ranked.click_value)', 'windows.has_windows'),
        ('undivided', 'ranked.action_value', 'not windows.has_windows'),
    ] -%}
        select
            windows.ad_id,
            windows.action_date,
            ranked.measure,
            '{{ kind }}' as claim_kind,
            coalesce({{ claimed }}, 0) as claimed
        from windows
        left join ranked
            on windows.ad_id = ranked.ad_id and windows.action_date = ranked.action_date and ranked.type_rank = 1
        where {{ days }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

summed as (
    select
        ad_id,
        action_date,
        claim_kind,
        sum(case when coalesce(measure, 'count') = 'count' then claimed else 0 end) as claimed_count,
        sum(case when measure = 'value' then claimed end) as claimed_value
    from kinds
    group by ad_id, action_date, claim_kind
)

select
    {{ hash_key(['summed.ad_id', 'summed.action_date']) }} as claim_line_id,
    summed.claim_kind,
    cast(coalesce(stats.ad_campaign_id, ads.ad_campaign_id) as string) as ad_campaign_id,
    summed.action_date as claim_date,
    cast(summed.claimed_count as decimal(18, 6)) as claimed_count,
    cast(summed.claimed_value as decimal(18, 6)) as claimed_value,
    upper(coalesce(stats.currency_code, accounts.currency_code)) as currency_code
from summed
left join stats on summed.ad_id = stats.ad_id and summed.action_date = stats.spend_date
left join ads on summed.ad_id = ads.ad_id
left join accounts on coalesce(stats.ad_account_id, ads.ad_account_id) = accounts.ad_account_id
