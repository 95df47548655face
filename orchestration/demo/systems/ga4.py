"""GA4's BigQuery event export: nested parameters, as gzipped JSON lines at first, as Parquet from some day on.

Some sessions lack their `session_start`, bots never send one; a click id may stand without any UTM.
"""

import duckdb
import numpy as np

from orchestration.demo.delivery import Extract
from orchestration.demo.dirt import TABLET_SESSION
from orchestration.demo.journeys import SECONDS_A_PAGE
from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.store import _digits, put
from orchestration.demo.streams import fixed_strings, stream
from orchestration.demo.vocabulary import FORM_PAGES, PAGES, SITE
from orchestration.demo.world import World

SYSTEM = "ga4"
# Day on which the export moved from JSON lines to Parquet.
PARQUET_SINCE = 300


def extracts(con: duckdb.DuckDBPyConnection, world: World) -> list[Extract]:
    """The two halves of the event export."""
    _bots(con, world)
    con.execute(HITS)
    switch = int(world.clock.midnight(PARQUET_SINCE))
    return [
        Extract(SYSTEM, "events", f"select * from hits where _at < {switch}", "_at, session, step", format="jsonl",
                compressed=True, dressed=_events()),
        Extract(SYSTEM, "events", f"select * from hits where _at >= {switch}", "_at, session, step", format="parquet",
                dressed=_events(), is_prompt=True),
    ]  # fmt: skip


def _bots(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Browsers that are none: one burst of hits a second apart each."""
    rng = stream(world.parameters.seed, "bots")
    count = max(2, round(world.parameters.population * world.parameters.faults.bot_client))
    at = world.clock.midnight(rng.integers(0, HORIZON_DAYS, count)) + rng.integers(0, 86_000, count)
    digits = np.column_stack(
        [_digits(rng.integers(2 * 10**9, 3 * 10**9, count), 10), np.full(count, ord(".")), _digits(at, 10)]
    )
    put(
        con,
        "bots",
        {
            "bot": np.arange(count),
            "client_id": fixed_strings(digits.astype(np.uint8)),
            "at": at,
            "hits": rng.integers(45, 90, count),
        },
    )
    con.execute("delete from bots where ts >= cut()")


# Steps: 0 session_start, then a page_view a page, then generate_lead where the visit ends in a form.
HITS = f"""
    create table hits as
    select case when step <= pages then started_at + {SECONDS_A_PAGE} * greatest(step - 1, 0) else ts end as _at,
        session, step::tinyint as step
    from (select session, started_at, ts, pages, unnest(range(case when token % 100 = 0 then 1 else 0 end,
        pages + 1 + (form >= 0)::int)) as step from visits where is_recorded)
    union all
    -- Without consent nothing begins a session.
    select case when step <= pages then started_at + {SECONDS_A_PAGE} * (step - 1) else ts end, session, step::tinyint
    from (select session, started_at, ts, pages, unnest(range(1, pages + 1 + (form >= 0)::int)) as step
        from visits where is_anonymous)
    union all
    select ts + step, -1 - bot, step::tinyint from (select bot, ts, unnest(range(1, hits)) as step from bots)
    union all
    select ts + step * 20 - 40, {TABLET_SESSION} - signin, step::tinyint
    from (select signin, ts, unnest(range(1, 3)) as step from tablet_signins)
"""


def _events() -> str:
    """Events in BigQuery's shape: parameters as a list of keys with a typed value each."""
    pages = "['" + "', '".join(PAGES) + "']"
    form_pages = "['" + "', '".join(FORM_PAGES) + "']"
    text = "{{'key': '{key}', 'value': {{'string_value': {value}, 'int_value': null::bigint}}}}".format
    number = "{{'key': '{key}', 'value': {{'string_value': null::varchar, 'int_value': {value}}}}}".format
    path = (
        f"case when e.session < 0 then {pages}[1 + e.step % {len(PAGES)}] "
        f"when e.step > v.pages then {form_pages}[1 + v.form] "
        f"else {pages}[1 + (v.first_page + greatest(e.step - 1, 0)) % {len(PAGES)}] end"
    )
    location = f"'{SITE}' || {path} || case when e.step <= 1 and v.query <> '' then '?' || v.query else '' end"
    first = "e.step <= 1"
    # Back from a log-in or a payment, GA4 names its host as the source.
    back = "'https://' || d.host || '/'"
    between = "e.step = 2 and v.pages > 1 and d.host is not null"
    params = ", ".join(
        [
            text(key="page_location", value=location),
            text(
                key="page_referrer",
                value=f"case when {first} then v.referrer when {between} then {back} else '{SITE}/' end",
            ),
            text(key="source", value=f"case when {first} then v.source when {between} then d.host end"),
            text(key="medium", value=f"case when {first} then v.medium when {between} then 'referral' end"),
            text(key="campaign", value=f"case when {first} then v.campaign_param when {between} then '(referral)' end"),
            text(key="gclid", value=f"case when {first} then v.gclid end"),
            number(
                key="ga_session_id",
                value="case when not coalesce(v.is_anonymous, false) then coalesce(v.started_at, b.ts, t.ts) end",
            ),
        ]
    )
    return f"""
        select e._day, e._position, strftime(make_timestamp(e._at::bigint * 1000000), '%Y%m%d') as event_date,
            e._at::bigint * 1000000 + e.step * 1013 as event_timestamp,
            case when e.step = 0 then 'session_start'
                when e.step > coalesce(v.pages, case when t.signin > 0 then 1 else 99 end) then 'generate_lead'
                else 'page_view' end as event_name,
            list_filter([{params}],
                lambda p: p.value.string_value is not null or p.value.int_value is not null) as event_params,
            case when not coalesce(v.is_anonymous, false) then coalesce(v.client_id, b.client_id, t.client_id) end
                as user_pseudo_id,
            case when v.is_anonymous then null when u.says_user and e._at >= u.ts then v.user_id else v.empty_id end
                as user_id,
            {{'manual_source': case when v.has_utm and {first} then v.source end, 'manual_medium': case
                when v.has_utm and {first} then v.medium end,
              'manual_campaign_name': case when v.has_utm and {first} then v.campaign_param end, 'gclid': case
                  when {first} then v.gclid end}} as collected_traffic_source,
            {{'category': case when v.client % 2 = 1 then 'mobile' else 'desktop' end,
                'language': 'en-us'}} as device,
            {{'country': case when e.session < 0 then '(not set)' else 'Various' end}} as geo,
            '4400112233' as stream_id, 'WEB' as platform, e._at % 1000000 as event_bundle_sequence_id,
                e.step::bigint as batch_event_index
        from _extract e
        left join visits v on v.session = e.session
        left join session_dirt d on d.session = e.session
        left join client_users u on u.client = v.client
        left join bots b on b.bot = -1 - e.session
        left join tablet_signins t on t.signin = {TABLET_SESSION} - e.session
    """
