"""Scores of what marketing cost, and of what ad platforms claim."""

# Each cost beside ad spend, in its month, to the cent, and whether it counts.
COSTS = """
    with
    found as (
        select cost_source, regexp_extract(source_record_id, '^[^:]+:[^:]+') as campaign_record_id,
            period_start_date as month_start_date, sum(amount_usd) as amount, bool_and(is_counted) as is_counted
        from marts.fct_marketing_costs
        where cost_source in ('crm_campaign', 'map_program')
        group by all
    ),
    judged as (
        select costs.cost_source || ', to the cent and counted once' as subject,
            coalesce(found.amount = costs.amount and found.is_counted = costs.is_counted, false) as is_right
        from truth.marketing_costs as costs
        left join found using (cost_source, campaign_record_id, month_start_date)
        union all
        select 'costs that nobody paid', exists (
            from truth.marketing_costs as costs
            where costs.cost_source = found.cost_source and costs.campaign_record_id = found.campaign_record_id
                and costs.month_start_date = found.month_start_date
        )
        from found
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*) from judged group by subject
    order by subject
"""

_PAIRS = """
    with
    owed as (
        select claims.*, records.campaign_id
        from truth.platform_claims as claims
        inner join marts.dim_campaign_records as records using (campaign_record_id)
    ),
    pairs as (
        select owed.*, clicks.claimed_count as found_clicks, views.claimed_count as found_views,
            clicks.held_form_fill_count as found_forms, clicks.over_claim_factor as found_factor
        from owed
        left join marts.fct_platform_claims as clicks
            on owed.ad_platform = clicks.ad_platform and owed.campaign_id = clicks.campaign_id
            and owed.month_start_date = clicks.period_start_date and clicks.claim_kind = 'click'
        left join marts.fct_platform_claims as views
            on owed.ad_platform = views.ad_platform and owed.campaign_id = views.campaign_id
            and owed.month_start_date = views.period_start_date and views.claim_kind = 'view'
    )
"""

# What a platform claims is in its extracts; a campaign's month is right or wrong.
CLAIMS = f"""
    {_PAIRS}
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from (
        select unnest(['claims after a click', 'claims after a view']) as subject,
            unnest([
                coalesce(found_clicks = claimed_click_count, false), coalesce(found_views = claimed_view_count, false)
            ]) as is_right
        from pairs
    ) as judged
    group by subject
    order by subject
"""

# Forms held, and the factor of each platform over all campaigns and months, against what really came. A misspelt link
# loses its form; of fewer than 100 forms a few are more than the limit.
HELD = f"""
    {_PAIRS}
    select 'forms held, error' as subject, sum(abs(coalesce(found_forms, 0) - form_count)) / sum(form_count) as error,
        sum(found_forms), sum(form_count)
    from pairs
    having sum(form_count) >= 100
    union all
    select 'over-claim factor of ' || ad_platform || ', error',
        abs(sum(found_clicks) / nullif(sum(found_forms), 0) / (sum(claimed_click_count) / sum(form_count)) - 1),
        sum(found_clicks) / nullif(sum(found_forms), 0), sum(claimed_click_count) / sum(form_count)
    from pairs
    group by ad_platform
    having sum(form_count) >= 100
    order by subject
"""
