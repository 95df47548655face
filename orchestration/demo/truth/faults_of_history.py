"""Faults of what becomes of records later: overwritten, moved, merged, copied, deleted, taken back.

No mart lists them; the numbers must simply be right in spite of them.
"""

from orchestration.demo.naming import COMPANIES_FROM, DEALS_FROM, OWNERS_FROM
from orchestration.demo.stacks import Stack
from orchestration.demo.systems import hubspot_sales

# Each gives fault_kind, system, object, record_id, related_record_id, person, ts, detail.
OF_PEOPLE = """
    select 'stamp_overwritten' as fault_kind, '{map}' as system, '{map_object}' as object,
        map_record(l.lead) as record_id, null as related_record_id, p.person, p.mql_at as ts,
        'first stamped ' || day_text(f.mql_at) as detail
        from passes p join passes f on f.person = p.person and f.number < p.number
        join primary_leads l on l.person = p.person
        where p.mql_at is not null and f.mql_at is not null
    union all select 'stamp_cleared', '{map}', '{map_object}', map_record(l.lead), null, s.person, s.mql_at,
        'cleared ' || day_text(s.ts) from cleared_stamps s join primary_leads l using (person)
    union all select 'status_without_history', '{crm}', '{crm_object}', c.record, null, t.person, t.ts, t.stage
        from forgotten_statuses f join crm_leads c on c.crm = f.crm
        join truth_statuses t on t.person = c.person and t.ts = f.ts
        where {has_history}
    union all select 'resubscription', '{map}', '{map_object}', map_record(l.lead), null, p.person, p.resubscribed_at,
        'opted out ' || day_text(p.opt_out_at)
        from people p join primary_leads l using (person) where p.resubscribed_at is not null and {has_map}
    union all select 'membership_reset', '{member_system}', 'campaign_member', {membership}, c.name, m.person, r.ts,
        m.status
        from reset_memberships r join memberships m using (person, campaign)
        join campaigns c on c.campaign_number = m.campaign join primary_leads l on l.person = m.person
        left join crm_leads k on k.person = m.person and k.kind = 0
        where m.reached and {has_memberships} and ({in_marketo} or r.ts > k.created_at)
    union all select 'visit_in_parts', '{map}', '{log_object}', t.record_id, null, t.person, t.ts, t.parts || ' parts'
        from truth_touches t where t.is_recoverable and t.parts > 1 and exists (from truth_touch_parts p
            where p.person = t.person and p.touch_key = t.touch_key and p.kind = 'email_click')
    union all select ['automated_task', 'open_reminder', 'profiled_task', 'missed_meeting'][t.kind - 1], '{crm}',
        'task', c.record, null, c.person, t.ts,
        'dated ' || day_text(t.ts) from tasks t join crm_leads c using (crm) where t.kind between 2 and 5
"""

OF_DEALS = """
    select 'won_without_closing_row' as fault_kind, '{crm}' as system, 'opportunity' as object, d.record as record_id,
        null as related_record_id, null::bigint as person, l.ts, null as detail
        from lost_closings l join deals d using (deal)
    union all select 'role_added_later', '{crm}', 'opportunity', d.record, null, r.person, r.ts, 'after the close'
        from deal_roles r join deals d using (deal) join people p on p.person = r.person where p.is_late
    union all select 'role_removed', '{crm}', 'opportunity', d.record, null, r.person, r.removed_at,
        'before the acceptance' from deal_roles r join deals d using (deal) where r.removed_at is not null
    union all select 'deal_moved', '{crm}', 'opportunity', d.record, a.record, null, m.ts, 'from ' || b.record
        from moved_deals m join deals d using (deal) join accounts a on a.account = m.account
        join accounts b on b.account = d.account
    union all select 'merged_account', '{crm}', 'account', {loser}, a.record, null, m.ts, d.record
        from merged_accounts m join accounts a using (account) join deals d on d.deal = m.deal
    union all select 'deleted_by_connector', '{crm}', 'opportunity', d.record, null, null, d.deleted_at, null
        from deals d join connector_deletions x on x.person = d.person where d.deleted_at is not null
"""

OF_SALESFORCE = """
    union all select 'deleted_by_connector', 'salesforce', '{crm_object}', c.record, null, c.person, c.deleted_at, null
        from crm_leads c join connector_deletions using (person) where c.deleted_at is not null
    union all select 'absent_from_snapshot', 'salesforce', 'dated_conversion_rate', r.iso_code || ':'
            || day_text(epoch() + (m.first_day + w.starts_after_days) * 86400), null, null,
        epoch() + m.next_first_day * 86400, 'ten times the rate'
        from withdrawn_rates w join rate_months m using (month)
        join rates r on r.month = w.month and r.currency = w.currency
"""

OF_HUBSPOT = """
    union all select 'merged_deal', 'hubspot', 'deals', 'hubspot:' || ({deals} + {merged} + m.deal), d.record, null,
        m.ts, null from merged_deals m join deals d using (deal)
    union all select 'absent_from_snapshot', 'hubspot', 'owners', 'hubspot:' || ({owners} + staff), null, null,
        epoch() + left_day * 86400 + 20000, 'left' from staff where left_day is not null
"""

COPIED = """
    union all select 'synced_deal', 'hubspot', 'deals', 'hubspot:' || ({deals} + deal), record, null,
        created_at + {lag}, null from deals
    union all select 'synced_account', 'hubspot', 'companies', 'hubspot:' || ({companies} + account), a.record, null,
        c.created_at + {lag}, null from crm_accounts c join accounts a using (account)
"""

COPIED_BY_PARDOT = """
    union all select 'synced_deal', 'pardot', 'opportunity', 'pardot:' || (3800000 + deal), record, null,
        created_at + 900, null from deals
"""


def query(stack: Stack) -> str:
    """All of them that the company's systems can show."""
    is_salesforce = stack.crm_system == "salesforce"
    loser = "'salesforce:' || (select loser_id from merged_ids i where i.account = m.account)"
    parts = [OF_DEALS, OF_SALESFORCE if is_salesforce else OF_HUBSPOT]
    if stack.map_system == "hubspot" and is_salesforce:
        parts.append(COPIED)
    if stack.map_system == "pardot":
        parts.append(COPIED_BY_PARDOT)
    if stack.has_people:
        parts += [" union all ", OF_PEOPLE]
    names = {
        "loser": loser if is_salesforce else "'hubspot:' || ({companies} + {merged} + m.account)",
        "has_history": str(stack.has_conversions or not is_salesforce).lower(),
        "deals": DEALS_FROM, "companies": COMPANIES_FROM, "owners": OWNERS_FROM,
        "merged": hubspot_sales.MERGED_FROM, "lag": hubspot_sales.COPY_LAG,
    }  # fmt: skip
    sql = "".join(parts)
    for name, value in names.items():
        sql = sql.replace("{" + name + "}", str(value))
    return sql
