"""Google, LinkedIn and Meta Ads: one row per campaign and day, cost in the account's currency.

Of each form that a visit of theirs ended in they claim more than one conversion, and more of who only saw an ad.

Clicks are about three times the visits simulated: people who bounce before the tag loads, and visitors not sampled.
"""

import duckdb
import numpy as np

from orchestration.demo.delivery import Extract
from orchestration.demo.parameters import CHANNELS
from orchestration.demo.store import put
from orchestration.demo.streams import stream, words
from orchestration.demo.world import AD_CHANNELS, World

CLICKS_A_VISIT = 3.0
# Accounts are regional: currency by region code.
CURRENCY_BY_REGION = ("USD", "EUR", "SGD")
CLICK_RATE = 0.012
PLATFORMS = ("google_ads", "linkedin_ads", "meta_ads")
# Conversions claimed per form, after a click and after a view alone.
CLAIMS_A_FORM = {"google_ads": (1.5, 1), "linkedin_ads": (2, 1), "meta_ads": (3, 2)}


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """The objects of the three platforms; creates `ad_days`."""
    _spend(con, world)
    epoch = world.clock.epoch
    return [*_google(epoch), *_linkedin(epoch), *_meta(epoch)]


def _spend(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """`ad_days`: clicks, impressions and cost per campaign and day; `is_gap` where the platform lost the day."""
    rng = stream(world.parameters.seed, "spend")
    columns = world.campaigns.columns
    campaigns = np.flatnonzero(np.isin(columns["channel"], sorted(AD_CHANNELS)))
    lengths = columns["end_day"][campaigns] - columns["start_day"][campaigns] + 1
    campaign = np.repeat(campaigns, lengths)
    day = np.concatenate(
        [np.arange(columns["start_day"][number], columns["end_day"][number] + 1) for number in campaigns]
    )
    count = len(campaign)
    # Drawn over the whole horizon, then cut: spend of a day never depends on how far the history goes.
    visits = np.zeros((len(columns["channel"]), world.clock.days))
    seen = world_visits(con)
    np.add.at(visits, (seen["campaign"], seen["day"]), 1)
    expected = rng.poisson(0.6, count)
    clicks = np.round(visits[campaign, day] * CLICKS_A_VISIT).astype(np.int64) + expected
    price = np.array([channel.cost_per_click for channel in CHANNELS])[columns["channel"][campaign]]
    micros = np.round(clicks * price * np.exp(rng.normal(0, 0.12, count)) * 100).astype(np.int64) * 10_000
    impressions = clicks * np.round(1 / CLICK_RATE * np.exp(rng.normal(0, 0.25, count))).astype(
        np.int64
    ) + rng.integers(20, 400, count)
    # Without a plan to compare with, nobody can tell a lost last day from the end.
    is_planned = columns["is_registered"][campaign] & world.parameters.stack.has_campaign_plans
    is_within = (day > columns["start_day"][campaign]) & (day < columns["end_day"][campaign])
    can_be_lost = (clicks > 0) & (is_within | is_planned)
    put(con, "ad_days_raw", {
        "campaign": campaign, "day": day, "clicks": clicks, "impressions": impressions, "usd_micros": micros,
        "is_gap": (rng.random(count) < world.parameters.faults.spend_gap) & can_be_lost, "share": rng.random(count),
    })  # fmt: skip
    finer = stream(world.parameters.seed, "finer spend")
    is_finer = finer.random((len(PLATFORMS), world.clock.days)) < world.parameters.faults.finer_spend
    platform, finer_day = np.nonzero(is_finer)
    is_read_again = stream(world.parameters.seed, "spend read again").random(world.clock.days)
    put(con, "reread_days", {"day": np.flatnonzero(is_read_again < world.parameters.faults.spend_read_again)})
    put(con, "finer_days", {"platform": words(platform, PLATFORMS).cast("string"), "day": finer_day})
    con.execute("""
        create table ad_days as
        select a.*, f.day is not null as is_finer, c.name, c.channel_name, c.region, h.platform,
            (a.usd_micros * r.rate / 10000)::bigint * 10000 as cost_micros, r.iso_code,
            a.campaign + 20000000000 as campaign_id, coalesce(v.forms, 0) as forms
        from ad_days_raw a
        join campaigns c on c.campaign_number = a.campaign
        join channels h on h.channel = c.channel
        join rate_months m on a.day >= m.first_day and a.day < m.next_first_day
        join rates r on r.month = m.month and r.iso_code = ['USD', 'EUR', 'SGD'][c.region + 1]
        left join finer_days f on f.platform = h.platform and f.day = a.day
        left join (
            select campaign, day_number(started_at) as day, count(*) as forms from visits
            where form >= 0 and campaign >= 0 group by all
        ) v on v.campaign = a.campaign and v.day = a.day;
        drop table ad_days_raw;
        -- A third of a finer day stands in a row of its own, and all of its conversions in the other.
        create table ad_parts as
        select * exclude (part, impressions, clicks, cost_micros, usd_micros, forms), part,
            case when part < 2 then forms else 0 end as forms,
            case part when 0 then impressions when 1 then impressions - impressions // 3 else impressions // 3 end
                as impressions,
            case part when 0 then clicks when 1 then clicks - clicks // 3 else clicks // 3 end as clicks,
            case part when 0 then cost_micros when 1 then cost_micros - cost_micros // 30000 * 10000
                else cost_micros // 30000 * 10000 end as cost_micros,
            case part when 0 then usd_micros when 1 then usd_micros - usd_micros // 30000 * 10000
                else usd_micros // 30000 * 10000 end as usd_micros
        from (select *, unnest(case when is_finer then [1, 2] else [0] end) as part from ad_days where not is_gap);
        create table ad_campaigns as
        select c.*, h.platform, campaign_number + 20000000000 as campaign_id, case when is_registered then c.name
            else 'New campaign ' || campaign_number end as shown_name
        from campaigns c join channels h using (channel) where h.platform is not null
    """)


def world_visits(con: duckdb.DuckDBPyConnection) -> dict[str, np.ndarray]:
    """Campaign and UTC day of every visit that came from a campaign."""
    return con.execute("select campaign, day_number(started_at) as day from visits where campaign >= 0").fetchnumpy()


def _google(epoch: int) -> list[Extract]:
    after_click, after_view = CLAIMS_A_FORM["google_ads"]
    stats = f"""
        select {epoch} + day * 86400 as _at, 7001000001 + region as customer_id, campaign_id,
            day_text({epoch} + day * 86400) as segments_date, [9, 15][part] as segments_hour,
            s.device as segments_device,
            case channel_name when 'paid_search' then 'SEARCH' when 'display' then 'CONTENT'
                else 'MIXED' end as segments_ad_network_type,
            s.impressions // (2 - last) as metrics_impressions, s.clicks // (2 - last) as metrics_clicks,
            s.cost // (2 - last) as metrics_cost_micros,
            (s.forms * {after_click} / (2 - last))::decimal(18, 6) as metrics_conversions,
            (s.forms * {after_click} * 100 / (2 - last))::decimal(18, 2) as metrics_conversions_value,
            s.forms * {after_view} // (2 - last) as metrics_view_through_conversions,
            iso_z({epoch} + (day + last) * 86400 + 14400) as _airbyte_extracted_at
        -- The connector appends what it read the day before, when half of the day was over, and after it.
        from (
            select *, unnest(case when r.day is not null then [0, 1] else [1] end) as last
            from ad_parts left join reread_days r using (day)
        ) a
        cross join lateral (
            select 'DESKTOP' as device, a.impressions - a.impressions // 4 as impressions,
                a.clicks - a.clicks // 4 as clicks, a.cost_micros - a.cost_micros // 40000 * 10000 as cost,
                a.forms as forms
            union all select 'MOBILE', a.impressions // 4, a.clicks // 4, a.cost_micros // 40000 * 10000, 0
        ) s
        where platform = 'google_ads'
    """
    campaigns = f"""
        select {epoch} + greatest(start_day - 5, 0) * 86400 + 30000 as _at, campaign_id as id,
            7001000001 + region as customer_id, shown_name as name,
            case channel_name when 'paid_search' then 'SEARCH' when 'display' then 'DISPLAY'
                else 'PERFORMANCE_MAX' end as advertising_channel_type, 'ENABLED' as status,
            null as tracking_url_template, plain_time({epoch} + greatest(start_day - 5,
                0) * 86400 + 30000) as updated_at
        from ad_campaigns where platform = 'google_ads'
    """
    accounts = f"""
        select {epoch} + 30000 as _at, 7001000001 + r as id, 'Northwind ' || ['AMER', 'EMEA',
            'APAC'][r + 1] as descriptive_name, ['USD', 'EUR', 'SGD'][r + 1] as currency_code,
            ['America/New_York', 'Europe/Berlin', 'Asia/Singapore'][r + 1] as time_zone,
                plain_time({epoch} + 30000) as updated_at from range(3) t(r)
    """
    return [
        Extract(
            "google_ads",
            "campaign_stats",
            stats,
            "campaign_id, segments_hour, segments_device, _airbyte_extracted_at",
            null="--",
            restated={"metrics_cost_micros": "metrics_cost_micros // 2"},
        ),
        Extract("google_ads", "campaigns", campaigns, "_at, id", is_prompt=True),
        Extract("google_ads", "accounts", accounts, "id", is_prompt=True),
    ]


def _linkedin(epoch: int) -> list[Extract]:
    after_click, after_view = CLAIMS_A_FORM["linkedin_ads"]
    stats = f"""
        select {epoch} + day * 86400 as _at, campaign_id as "campaignId", day_text({epoch} + day * 86400) as "day",
            impressions, clicks, (cost_micros / 1000000)::decimal(18, 6)::varchar as "costInLocalCurrency",
            (usd_micros / 1000000)::decimal(18, 6)::varchar as "costInUsd", clicks // 40 as "oneClickLeads",
            forms * {after_click + after_view} as "externalWebsiteConversions",
            forms * {after_click} as "externalWebsitePostClickConversions",
            forms * {after_view} as "externalWebsitePostViewConversions",
            ['MOBILE_APP', 'DESKTOP_WEB'][part] as "impressionDeviceType"
        from ad_parts where platform = 'linkedin_ads'
    """
    campaigns = f"""
        select {epoch} + greatest(start_day - 5, 0) * 86400 + 31000 as _at, campaign_id as id,
            508000001 + region as "accountId", 600000001 + quarter as "campaignGroupId", shown_name as name,
            'ACTIVE' as status,
            iso_z({epoch} + greatest(start_day - 5, 0) * 86400 + 31000) as "createdTime",
                iso_z({epoch} + greatest(start_day - 5, 0) * 86400 + 31000) as "lastModifiedTime"
        from ad_campaigns where platform = 'linkedin_ads'
    """
    accounts = f"""
        select {epoch} + 31000 as _at, 508000001 + r as id, 'Northwind ' || ['AMER', 'EMEA', 'APAC'][r + 1] as name,
            ['USD', 'EUR', 'SGD'][r + 1] as currency,
            iso_z({epoch} + 31000) as "createdTime", iso_z({epoch} + 31000) as "lastModifiedTime" from range(3) t(r)
    """
    return [
        Extract(
            "linkedin_ads", "ad_analytics_by_campaign", stats, '"campaignId", "impressionDeviceType"', format="jsonl"
        ),
        Extract("linkedin_ads", "campaigns", campaigns, "_at, id", format="jsonl", is_prompt=True),
        Extract("linkedin_ads", "accounts", accounts, "id", format="jsonl", is_prompt=True),
    ]


def _meta(epoch: int) -> list[Extract]:
    after_click, after_view = CLAIMS_A_FORM["meta_ads"]
    # Meta tells a lead of the pixel twice, and nothing of what nobody did.
    lead = (
        f""""value":"' || forms * {after_click + after_view} || '","7d_click":"' || forms * {after_click} """
        f"""|| '","1d_view":"' || forms * {after_view} || '"}}'"""
    )
    pixel = "offsite_conversion.fb_pixel_lead"
    stats = f"""
        select {epoch} + day * 86400 as _at, campaign_id * 10 + 1 as ad_id,
            day_text({epoch} + day * 86400) as date_start, 9001000001 + region as account_id, campaign_id,
            impressions, clicks as inline_link_clicks,
            '[{{"action_type":"link_click","value":"' || clicks || '","7d_click":"' || clicks || '"}}' || case
                when forms > 0 then ',{{"action_type":"lead",{lead} || ',{{"action_type":"{pixel}",{lead} else '' end
                || ']' as actions,
            (cost_micros / 1000000)::decimal(18, 2)::varchar as spend, ['facebook', 'instagram'][part]
                as publisher_platform
        from ad_parts where platform = 'meta_ads'
    """
    campaigns = f"""
        select {epoch} + greatest(start_day - 5, 0) * 86400 + 32000 as _at, campaign_id as id,
            9001000001 + region as account_id, shown_name as name, 'ACTIVE' as status,
            iso_offset({epoch} + greatest(start_day - 5, 0) * 86400 + 32000) as updated_time
        from ad_campaigns where platform = 'meta_ads'
    """
    ads = f"""
        select {epoch} + greatest(start_day - 5, 0) * 86400 + 32000 as _at, campaign_id * 10 + 1 as id,
            9001000001 + region as account_id, campaign_id * 10 + 5 as ad_set_id, campaign_id,
            shown_name || ' - ad' as name, iso_offset({epoch} + greatest(start_day - 5,
                0) * 86400 + 32000) as updated_time
        from ad_campaigns where platform = 'meta_ads'
    """
    accounts = f"""
        select {epoch} + 32000 as _at, 9001000001 + r as id, 'Northwind ' || ['AMER', 'EMEA', 'APAC'][r + 1] as name,
            ['USD', 'EUR', 'SGD'][r + 1] as currency,
            iso_offset({epoch} + 32000) as updated_time from range(3) t(r)
    """
    return [
        Extract(
            "meta_ads",
            "ad_insights",
            stats,
            "ad_id, publisher_platform",
            newline="\r\n",
            restated={"spend": "(spend::decimal(18, 2) / 2)::decimal(18, 2)::varchar"},
        ),
        Extract("meta_ads", "campaigns", campaigns, "_at, id", format="jsonl", is_prompt=True),
        Extract("meta_ads", "ads", ads, "_at, id", format="jsonl", is_prompt=True),
        Extract("meta_ads", "accounts", accounts, "id", format="jsonl", is_prompt=True),
    ]
