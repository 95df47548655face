"""What forms, tags and devices write into records that were right: words for nothing, whole cookies, shared clients.

Drawn for the whole horizon, before anything is cut, each kind from a stream of its own.
"""

import duckdb
import numpy as np

from orchestration.demo.store import put
from orchestration.demo.streams import choose, stream, words
from orchestration.demo.world import World

# What stands in an id column where there is no id.
WORDS_FOR_NOTHING = (
    "(not set)", "undefined", "nan", "0", "00000000-0000-0000-0000-000000000000", "None", "\\N", "NULL",
)  # fmt: skip
COOKIE_PREFIX = "GA1.1."
# Fewer who sign in on a tablet are people who share a browser.
FEWEST_AT_A_TABLET = 5
TABLET_SESSION = -10_000_000

MACROS = f"""
    create macro client_cell(client, empty, keeps_prefix) as
        case when client is null then empty when keeps_prefix then '{COOKIE_PREFIX}' || client else client end
"""


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Create `dirt`, a row a person, and `tablet_signins`, who signed in on which tablet."""
    seed, rates = world.parameters.seed, world.parameters.faults
    count = len(world.people["account"])
    blank = stream(seed, "placeholder ids")
    is_blank, word = blank.random(count) < rates.placeholder_id, choose(blank, [1] * len(WORDS_FOR_NOTHING), count)
    put(con, "dirt", {
        "person": np.arange(count),
        "empty_id": words(np.where(is_blank, word, -1), WORDS_FOR_NOTHING).cast("string"),
        "keeps_prefix": stream(seed, "cookie prefixes").random(count) < rates.cookie_prefix,
    })  # fmt: skip
    con.execute(MACROS)
    con.execute(TABLETS.format(count=rates.booth_tablet, fewest=FEWEST_AT_A_TABLET))


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
