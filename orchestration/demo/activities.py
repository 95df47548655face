"""The MAP's log of what people did and what became of their leads, as numbers; systems dress it with text."""

import duckdb

from orchestration.demo.stacks import Stack


def derive(con: duckdb.DuckDBPyConnection, stack: Stack) -> None:
    """`acts`: one narrow row per activity, numbered by time; `lead_changes`: what changed on a lead, and when;
    `lead_state`: a version of each lead a day, as of its last change.

    Without a MAP nobody keeps a log: `acts` is empty.
    """
    # Where one system plays both parts, a status is its own at once.
    lag = 0 if stack.is_single else 30
    con.execute("""
        create table acts as
        select row_number() over (order by ts, lead, kind, ref, value) as n, * from (
            select lead, v.ts, 1 as kind, session as ref, null::bigint as value from visits v where v.ts >= v.known_at
            union all select lead, v.ts, 2, session, form from visits v where form >= 0
            union all select lead, created_at + 1, 2, -1, -1 from map_leads where kind > 0
            union all select lead, m.ts, 6, mailing, campaign from mailings m join primary_leads using (person)
            union all select lead, m.ts + 5, case when is_bounced then 8 else 7 end, mailing, campaign
                from mailings m join primary_leads using (person)
            union all select lead, opened_at, 10, mailing, campaign from mailings join primary_leads using (person)
                where opened_at >= 0
            union all select lead, clicked_at, 11, mailing, campaign from mailings join primary_leads using (person)
                where clicked_at >= 0
            union all select lead, opt_out_at, 9, person, null from people join primary_leads using (person)
                where opt_out_at is not null
            union all select lead, resubscribed_at, 16, person, null from people join primary_leads using (person)
                where resubscribed_at is not null
            union all select lead, created_at, 12, kind, null from map_leads
            union all select lead, ts, 13, stamp, null from map_stamps
            union all select lead, ts + 1, 22, fit + total, points from scores join people using (person)
                join primary_leads using (person)
            union all select l.winner, l.merged_at, 32, l.lead, l.person from map_leads l
                where l.merged_at is not null
            union all select lead, deleted_at, 37, 0, null from map_leads where deleted_at is not null
            union all select lead, deleted_twice_at, 37, 1, null from map_leads where deleted_twice_at is not null
            union all select lead, registered_at, 104, campaign, 0 from seats join primary_leads using (person)
            union all select lead, attended_at, 104, campaign, 1 from seats join primary_leads using (person)
                where attended_at >= 0
            union all select lead, ts, 104, campaign, 2 from booths join primary_leads using (person)
        )
    """)
    if not stack.has_map:
        con.execute("delete from acts")
    con.execute(f"""
        create table lead_changes as
        select lead, ts, total as score, null::varchar as stage, null::varchar as status, null::varchar as client_id,
            null::bigint as mql_at, null::boolean as opts_out, false as links, false as converts, false as bounces
        from scores join primary_leads using (person)
        union all by name select lead, ts, stage, case stage when 'MQL' then ts end as mql_at from map_stamps
        union all by name select lead, ts + {lag} as ts, status from crm_status join map_of_crm using (crm)
            join map_leads using (lead) join people using (person) where not stage_mismatch
        union all by name select lead, ts + 1 as ts, client_id from visits where form >= 0 and is_recorded
        union all by name select lead, ts + 1 as ts, client_id from tablet_signins join primary_leads using (person)
        union all by name select lead, opt_out_at as ts, true as opts_out from people
            join primary_leads using (person) where opt_out_at is not null
        union all by name select lead, resubscribed_at as ts, false as opts_out from people
            join primary_leads using (person) where resubscribed_at is not null
        -- No instant is before the epoch: what is cleared, until the state is told.
        union all by name select lead, ts, -1 as mql_at from cleared_stamps join primary_leads using (person)
        union all by name select lead, linked_at as ts, true as links from map_leads where linked_at is not null
        union all by name select lead, ts + 45 as ts, true as converts from contacts join primary_leads using (person)
        union all by name select lead, min(m.ts) + 10 as ts, true as bounces from mailings m
            join primary_leads using (person) where m.is_bounced group by lead
        union all by name select lead, ts from corrected_addresses join primary_leads using (person) where ts < cut()
        union all by name select lead, created_at as ts, 0 as score from map_leads
    """)
    con.execute("""
        create table lead_state as
        with numbered as (
            select *, row_number() over (
                partition by lead order by ts, stage, status, client_id, score, mql_at, opts_out, links, converts,
                    bounces
            ) as n
            from lead_changes
        )
        select lead, ts, last_value(score ignore nulls) over w as score, last_value(stage ignore nulls) over w as stage,
            last_value(status ignore nulls) over w as status, last_value(client_id ignore nulls) over w as client_id,
            nullif(last_value(mql_at ignore nulls) over w, -1) as mql_at,
            last_value(opts_out ignore nulls) over w as opts_out,
            bool_or(links) over w as links, bool_or(converts) over w as converts, bool_or(bounces) over w as bounces
        from numbered
        window w as (partition by lead order by n rows between unbounded preceding and current row)
        qualify row_number() over (partition by lead, day_number(ts) order by n desc) = 1
    """)
