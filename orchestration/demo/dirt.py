"""What forms, tags and devices write into records that were right: words for nothing, whole cookies, shared clients.

Drawn for the whole horizon, before anything is cut, each kind from a stream of its own.
"""

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.demo.store import put
from orchestration.demo.streams import stream, words
from orchestration.demo.world import World

# What stands in an id column where there is no id.
WORDS_FOR_NOTHING = (
    "(not set)", "undefined", "nan", "0", "00000000-0000-0000-0000-000000000000", "None", "\\N", "NULL",
)  # fmt: skip
NO_SALESFORCE_ID = "000000000000000AAA"
COOKIE_PREFIX = "GA1.1."
HOSTS_IN_BETWEEN = ("accounts.google.com", "login.microsoftonline.com", "checkout.stripe.com", "www.paypal.com")
# 1900, 1970 and the last day of 2099: what imports and defaults write.
DEFAULT_INSTANTS = np.array([-2_208_988_800, 0, 4_102_358_400])
PHONES = ("+1 000 000 0000", "0000000000", "1234567890", "999-999-9999", "+49 11111111")
COUNTRIES = ("Untied States", "Deutschalnd", "EMEA North", "Grosz Britanien", "Planet Earth")
UNKNOWN_STATUS, UNKNOWN_STAGE = "Attempting (3x)", "Legal Redlines"
# What sales does more, by the person of the MQL.
OF_SALES = ("profiled_task", "missed_meeting", "held_meeting", "unknown_status")
# Fewer who sign in on a tablet are people who share a browser.
FEWEST_AT_A_TABLET = 5
TABLET_SESSION = -10_000_000

MACROS = f"""
    create macro client_cell(client, empty, keeps_prefix) as
        case when client is null then empty when keeps_prefix then '{COOKIE_PREFIX}' || client else client end;
    create macro crm_cell(id, empty) as
        case when id is null and empty is not null then '{NO_SALESFORCE_ID}' else id end;
    create macro mql_cell(t, fallback, is_day) as
        case when is_day and t is not null then day_text(t) else iso_millis(coalesce(t, fallback)) end
"""


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Create `dirt`, a row a person; `session_dirt`; `odd_stages` that nobody declared, and `stage_log` of all; and
    `tablet_signins`, who signed in on which tablet."""
    seed, rates = world.parameters.seed, world.parameters.faults
    count = len(world.people["account"])
    put(con, "dirt", {
        "person": np.arange(count),
        "empty_id": _words(seed, "placeholder ids", WORDS_FOR_NOTHING, rates.placeholder_id, count),
        "keeps_prefix": stream(seed, "cookie prefixes").random(count) < rates.cookie_prefix,
        "is_day": stream(seed, "day stamps").random(count) < rates.day_stamp,
        "is_epoch": stream(seed, "epoch creations").random(count) < rates.epoch_creation,
        "bad_phone": _words(seed, "placeholder phones", PHONES, rates.placeholder_phone, count),
        "bad_country": _words(seed, "unknown countries", COUNTRIES, rates.unknown_country, count),
        **{kind: stream(seed, kind).random(count) < getattr(rates, kind) for kind in OF_SALES},
        "default_at": _defaults(stream(seed, "default stamps"), rates.default_stamp, count),
    })  # fmt: skip
    sessions = con.execute("select count(*) from sessions").fetchall()[0][0]
    between = stream(seed, "hosts in between")
    is_back, host = between.random(sessions) < rates.excluded_referrer, between.integers(0, 4, sessions)
    put(con, "session_dirt", {
        "session": np.arange(sessions), "host": words(np.where(is_back, host, -1), HOSTS_IN_BETWEEN).cast("string"),
    })  # fmt: skip
    con.execute(
        "update dirt set default_at = null where person in (select person from passes where mql_at is not null)"
    )
    # An owner who serves none of its territories is one only where the country names one.
    con.execute("update dirt set bad_country = null where person in (select person from passes)")
    # Who is worked, or is there twice, has creations that something hangs on.
    con.execute("""
        update dirt set is_epoch = false
        where person in (select person from passes union all select person from map_leads where kind > 0
            union all select person from people where sync > 0 or converted_at is not null)
    """)
    con.execute(MACROS)
    deals = con.execute("select count(*) from deals").fetchall()[0][0]
    drawn = stream(seed, "unknown stages").random(deals) < rates.unknown_stage
    put(con, "odd_deals", {"deal": np.flatnonzero(drawn)})
    con.execute(STAGES)
    con.execute(TABLETS.format(count=rates.booth_tablet, fewest=FEWEST_AT_A_TABLET))


def _words(seed: int, subject: str, vocabulary: tuple[str, ...], rate: float, count: int) -> pa.Array:
    rng = stream(seed, subject)
    is_dirty, word = rng.random(count) < rate, rng.integers(0, len(vocabulary), count)
    return words(np.where(is_dirty, word, -1), vocabulary).cast("string")


def _defaults(rng: np.random.Generator, rate: float, count: int) -> pa.Array:
    is_default, which = rng.random(count) < rate, rng.integers(0, len(DEFAULT_INSTANTS), count)
    return pa.array(DEFAULT_INSTANTS[which], mask=~is_default)


# Halfway from the proposal to the negotiation.
STAGES = f"""
    create table odd_stages as
    select o.deal, o.ts, s.stage, '{UNKNOWN_STAGE}' as stage_name, s.amount, s.close_day
    from (
        select deal, proposal_at + (negotiation_at - proposal_at) // 2 as ts from deals join odd_deals using (deal)
        where negotiation_at > proposal_at + 7200
    ) o
    asof join deal_stages s on s.deal = o.deal and s.ts <= o.ts;
    create view stage_log as
    select deal, ts, stage, stage_name, amount, close_day from deal_stages
    union all by name select * from odd_stages
"""

# A tablet is a browser of its own, from its first sign-in on.
TABLETS = """
    create table tablet_signins as
    with newcomers as (
        select b.person, b.campaign, b.ts from booths b join people p using (person)
        where p.origin = 1 and p.known_at = b.ts and p.role_mailbox is null and not p.invalid_email
    ),
    tablets as (
        select campaign, min(ts) as born from newcomers group by campaign having count(*) >= {fewest}
        order by count(*) desc, campaign limit {count}
    )
    select row_number() over (order by n.ts, n.person) as signin, n.person, n.ts,
        (3000000000 + t.campaign) || '.' || t.born as client_id
    from newcomers n join tablets t using (campaign)
"""
