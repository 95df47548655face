"""What finance bills: of won deals as a careful and a careless tool would, and of what nobody won.

Drawn for the whole horizon, before anything is cut, from streams of its own.
"""

import duckdb
import numpy as np

from orchestration.demo.parameters import HORIZON_DAYS
from orchestration.demo.store import put
from orchestration.demo.streams import salesforce_ids, stream, words
from orchestration.demo.world import World

# What becomes of the bills of won deals, in turn, so that a small company has each.
WAYS = (
    "plain", "never", "instalments", "beyond", "twice", "rewritten", "foreign", "credited", "drafted", "early",
    "given_up", "plain",
)  # fmt: skip
# One in so many lost deals, and accounts, has a bill that nobody should have written.
LOST_DEALS_A_BILL = 6
ACCOUNTS_A_BILL = 30
# Numbers of the deals that bills name and no extract holds.
NOWHERE = 5_000_000


def derive(con: duckdb.DuckDBPyConnection, world: World) -> None:
    """Create `bills`, a row per bill with the instants of its life, and `bill_ways`, how each won deal is billed."""
    seed, clock = world.parameters.seed, world.clock
    won = con.execute("select deal from deals where is_won and closed_at is not null order by deal").fetchnumpy()[
        "deal"
    ]
    order = stream(seed, "ways of billing").permutation(len(won))
    put(con, "bill_ways", {"deal": won[order], "way": words(np.arange(len(won)) % len(WAYS), WAYS)})
    accounts = con.execute("select account from accounts order by account").fetchnumpy()["account"]
    rng = stream(seed, "bills of nobody's deal")
    billed = accounts[rng.random(len(accounts)) < 1 / ACCOUNTS_A_BILL]
    put(con, "stray_bills", {
        "account": billed,
        "ts": clock.epoch + rng.integers(30, HORIZON_DAYS, len(billed)) * 86400 + 36_000,
        "amount": rng.integers(20, 200, len(billed)) * 100,
        "nowhere_id": salesforce_ids("006", NOWHERE + billed),
        "names_one": rng.random(len(billed)) < 1 / 3,
    })  # fmt: skip
    put(con, "days", {"day": np.arange(HORIZON_DAYS), "month": clock.month[:HORIZON_DAYS]})
    con.execute(BILLS.format(
        has_rates=str(world.parameters.stack.crm_system == "salesforce").lower(), lost=LOST_DEALS_A_BILL,
    ))  # fmt: skip


# A bill in another currency is worth the deal at the rates of its month, unless one of them is withdrawn later.
BILLS = """
    create table bills as
    with priced as (
        select d.deal, d.account, d.currency_code, d.currency, d.is_won, d.created_at, d.closed_at, d.deleted_at,
            s.amount, w.way, d.closed_at + 5 * 86400 as first_at
        from deals d
        join (select deal, arg_max(amount, (ts, stage)) as amount from deal_stages group by deal) s using (deal)
        left join bill_ways w using (deal)
    ),
    exchanged as (
        select p.*, o.iso_code as foreign_code, (p.amount / r.rate * o.rate)::bigint as foreign_amount
        from priced p
        join days t on t.day = day_number(p.first_at)
        join rates r on r.currency = p.currency and r.month = t.month
        join rates o on o.month = t.month and o.iso_code = case p.currency_code when 'USD' then 'EUR' else 'USD' end
        where {has_rates} and p.way = 'foreign' and not exists (from withdrawn_rates x
            where x.month = t.month and x.currency in (r.currency, o.currency))
    ),
    written as (
        select deal, account, 1 as part, 'invoice' as kind, coalesce(x.foreign_amount, case p.way
                when 'instalments' then p.amount // 3 when 'beyond' then p.amount + p.amount // 10 + 10
                else p.amount end) as amount,
            coalesce(x.foreign_code, p.currency_code) as currency_code,
            case p.way when 'early' then greatest(p.created_at + 3600, p.closed_at - 20 * 86400)
                else p.first_at end as ts,
            case p.way when 'rewritten' then p.first_at + 3 * 86400 end as voided_at,
            case p.way when 'given_up' then p.first_at + 60 * 86400 end as given_up_at, p.way = 'drafted' as is_draft,
            null::integer as credits_part
        from priced p left join (select deal, foreign_code, foreign_amount from exchanged) x using (deal)
        where p.way is not null and p.way <> 'never'
        union all select deal, account, n, 'invoice', case when n = 2 then amount // 3
                else amount - 2 * (amount // 3) end, currency_code, first_at + (n - 1) * 90 * 86400, null, null, false,
            null from priced, (values (2), (3)) parts (n) where way = 'instalments'
        union all select deal, account, 2, 'invoice', amount, currency_code, first_at + 3600, null, null, false, null
            from priced where way = 'twice'
        union all select deal, account, 2, 'invoice', amount, currency_code, first_at + 4 * 86400, null, null, false,
            null from priced where way = 'rewritten'
        union all select deal, account, 2, 'credit_note', amount // 4 + 10, currency_code, first_at + 35 * 86400, null,
            null, false, 1 from priced where way = 'credited'
        union all select deal, account, 1, 'invoice', amount, currency_code, created_at + 15 * 86400, null, null, false,
            null from priced where deleted_at is not null and way is null
        union all select deal, account, 1, 'invoice', amount, currency_code, closed_at + 5 * 86400, null, null, false,
            null from priced where not is_won and closed_at is not null and deleted_at is null and deal % {lost} = 0
    )
    select 'B' || deal || '-' || part as bill, deal, account, null as nowhere_id, kind, amount, currency_code, ts,
        case when kind = 'invoice' and voided_at is null and given_up_at is null and not is_draft
            and deal % 5 > 0 then ts + 25 * 86400 end as paid_at,
        voided_at, given_up_at, is_draft, 'B' || deal || '-' || credits_part as credited_bill
    from written
    union all
    select 'S' || account, null, account, case when names_one then nowhere_id end, 'invoice', amount, 'USD', ts,
        null, null, null, false, null
    from stray_bills
"""
