"""Truth of opportunities, and of what each system counts.

Deleted people, records and opportunities are in no count, whoever counts.
"""

from orchestration.demo.truth.spelling import INSTANT

# Amounts at the rate of their day: pipeline's of the creation, won's of the close date. HubSpot states its own.
# A day has no rate in a gap, and behind a rate entered wrong until the export that lacks it comes.
DEALS = """
    create table rateless_days as
    select currency, ends_day as first_day, next_day as end_day from currency_gaps
    union all
    select w.currency, m.first_day + w.starts_after_days, m.next_first_day
    from withdrawn_rates w join rate_months m using (month)
    where w.month = (select max(month) from rate_months);
    create table truth_deals as
    select d.*, coalesce(v.account, d.account) as final_account, s.amount as last_amount, s.close_day, r.rate,
        w.rate as won_rate,
        {has_rates} and exists (from rateless_days g where g.currency = d.currency
            and day_number(d.created_at) >= g.first_day and day_number(d.created_at) < g.end_day) as has_missing_rate,
        {has_rates} and exists (from rateless_days g where g.currency = d.currency
            and s.close_day >= g.first_day and s.close_day < g.end_day) as has_missing_won_rate
    from deals d
    join (select deal, arg_max(amount, (ts, stage)) as amount, arg_max(close_day, (ts, stage)) as close_day
        from deal_stages group by deal) s using (deal)
    join rate_months m on day_number(d.created_at) >= m.first_day and day_number(d.created_at) < m.next_first_day
    join rates r on r.month = m.month and r.currency = d.currency
    left join rate_months n on d.closed_at is not null and s.close_day >= n.first_day and s.close_day < n.next_first_day
    left join rates w on w.month = n.month and w.currency = d.currency
    left join moved_deals v using (deal)
"""

# Salesforce learns of an inquiry by the lead that comes of it; on one that it already had, only by a response to a
# campaign. Where one system plays both parts there is nothing to reconcile but it and the mart.
COUNTS = """
    create table truth_counts as
    with weekly as (
        select 'truth' as system, 'mart' as system_role,
            case stage when 'inquiry' then 'inquiries' else stage || 's' end as core_count, min(t.ts) as ts,
            1.0 as value
            from truth_transitions t left join map_leads l on l.person = t.person and l.kind = 0
            where stage in ('inquiry', 'mql', 'sql') and not is_skipped and (component > 0 or l.deleted_at is null)
            group by t.person, component, stage
        union all
        select '{map}', case when {has_two_systems} then 'map' else 'crm' end,
            case stage when 'Inquiry' then 'inquiries' else lower(stage) || 's' end, min(s.ts), 1.0
            from map_stamps s join map_leads l using (lead) where stage in ('Inquiry', 'MQL', 'SQL') and {has_map}
                -- Of a day Pardot's records tell the last stage, from which those before it on the path can be told.
                and not ({in_pardot} and stage = 'SQL' and exists (from map_stamps o where o.lead = s.lead
                    and o.stage not in ('Opportunity', 'Customer')
                    and o.ts > s.ts and day_number(o.ts) = day_number(s.ts)))
                and l.merged_at is null and l.deleted_at is null group by lead, stage
        union all
        select '{crm}', 'crm', 'inquiries', case when '{crm}' = 'hubspot' then greatest(c.created_at, p.inquiry_at)
                when c.kind > 0 or p.origin < 2 then c.created_at else m.ts end as learnt_at, 1.0
            from crm_leads c join people p using (person)
            left join (select person, min(ts) as ts from memberships where reached group by person) m using (person)
            where c.merged_at is null and c.deleted_at is null and (c.kind > 0 or p.inquiry_at is not null)
                and learnt_at is not null and ({has_two_systems} or not {has_map})
        union all
        select '{crm}', 'crm', 'mqls', min(p.mql_at), 1.0 from crm_passes p join crm_leads c using (crm)
            where p.mql_at is not null and c.deleted_at is null and ({has_two_systems} or not {has_map})
            group by p.person
        union all
        select '{crm}', 'crm', 'sqls', min(s.ts), 1.0 from truth_statuses s join crm_leads c using (person)
            where s.stage = 'sql' and c.kind = 0 and ({has_two_systems} or not {has_map}) group by s.person
        union all
        select unnest(['truth', '{crm}']), unnest(['mart', 'crm']), 'opportunities', created_at, 1.0
            from truth_deals where deleted_at is null
        union all
        select unnest(['truth', '{crm}']), unnest(['mart', 'crm']), 'pipeline_amount', created_at, last_amount / rate
            from truth_deals where deleted_at is null
        union all
        select unnest(['truth', '{crm}']), unnest(['mart', 'crm']), 'won_amount', epoch() + close_day * 86400,
            last_amount / won_rate
            from truth_deals where is_won and closed_at is not null and deleted_at is null
    )
    select system, system_role, core_count,
        date_trunc('week', make_timestamp(ts::bigint * 1000000))::date as week_start_date, round(sum(value), 2) as value
    from weekly group by all
"""

QUERIES = {
    "opportunities": f"""
        select d.record as opportunity_id, 'A' || d.final_account as account_id, a.record as account_record_id,
            case when {{has_people}} then 'P' || d.person end as primary_person_id,
            {INSTANT.format("d.created_at")} as created_at,
            {INSTANT.format("d.accepted_at")} as accepted_at, {INSTANT.format("d.closed_at")} as closed_at, d.is_won
                and d.closed_at is not null as is_won, d.deleted_at is not null as is_deleted,
            d.currency_code, d.last_amount as amount,
            case when not has_missing_rate then round(d.last_amount / d.rate, 2) end as amount_usd,
            case when d.is_won and d.closed_at is not null and not has_missing_won_rate
                then round(d.last_amount / d.won_rate, 2) end as won_usd,
            has_missing_rate, has_missing_won_rate
        from truth_deals d join accounts a on a.account = d.final_account
    """,
    "opportunity_people": """
        select d.record as opportunity_id, 'P' || r.person as person_id, r.role_name as role, r.is_primary
            from deal_roles r join deals d using (deal) where r.removed_at is null
    """,
    "core_counts": "select * from truth_counts",
}
