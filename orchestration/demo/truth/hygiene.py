"""Truth of hygiene: to whom nothing happened for a year, whose address bounces, which lists lost their campaign."""

from orchestration.demo.stacks import Stack

# What sales did with somebody: calls, and meetings that were held.
SIGNS = """
    create table truth_signs as
    select person, max(ts) as ts from (
        select person, ts from truth_touches where is_recoverable
        union all select c.person, t.ts from tasks t join crm_leads c using (crm) where t.kind in (0, 6)
    ) group by person;
    create table truth_versions as
    select l.record, l.person, max(s.ts) as ts from map_leads l join lead_state s using (lead)
        join lead_components c using (lead)
        where l.kind = 0 and l.deleted_at is null and {has_map} and c.component = 0 group by l.record, l.person
    {of_crm}
"""
# A converted lead goes on as its contact.
OF_SALESFORCE = """
    union all
    select c.record, c.person, max(s.ts) from crm_leads c join crm_state s using (crm) join truth_records r
        on r.person_record_id = c.record
        where c.kind = 0 and c.deleted_at is null and r.component = 0 and {has_two_systems}
            and not ({has_conversions} and c.person in (select person from contacts)) group by c.record, c.person
    union all
    select k.record, k.person, max(greatest(k.ts, p.opt_out_at + 600, p.resubscribed_at + 600))
        from contacts k join people p using (person) where {has_conversions} group by k.record, k.person
"""
OF_HUBSPOT = """
    union all
    select c.record, c.person, max(h.ts) from crm_leads c join hub_identity i using (crm)
        join hub_changes h on h.contact = i.contact join truth_records r on r.person_record_id = c.record
        where c.kind = 0 and c.deleted_at is null and r.component = 0 and {has_two_systems} group by c.record, c.person
"""

QUERIES = {
    "record_hygiene": """
        select v.record as record_id, 'person_current' as rule,
            morning() - greatest(v.ts, coalesce(s.ts, 0)) > 365 * 86400 as is_broken
        from truth_versions v left join truth_signs s using (person)
        union all
        -- A bounce is of the address that there was.
        select l.record, 'recipient_bounced', exists (
            from mailings m where m.person = l.person and m.is_bounced and m.ts >= coalesce(x.ts, 0))
        from map_leads l left join corrected_addresses x on x.person = l.person and x.ts < cut()
        where l.kind = 0 and l.deleted_at is null and {has_map}
        union all
        select '{member_system}:{member_object}:' || {lost_membership}, 'member_campaign_delivered', true
        from lost_memberships m join primary_leads l using (person)
        where {has_memberships} and ({in_marketo} or exists (
            from crm_leads c where c.person = m.person and c.kind = 0 and c.deleted_at is null))
    """,
}


def statements(stack: Stack) -> tuple[str, ...]:
    """What makes `truth_versions` and `truth_signs`; needs the tables of records and touches."""
    of_crm = OF_HUBSPOT if stack.crm_system == "hubspot" else OF_SALESFORCE
    return (SIGNS.replace("{of_crm}", of_crm if stack.has_people else ""),)
