"""Truth of touches and of what channels bring."""

from orchestration.demo.truth.spelling import INSTANT

TOUCHES = """
    create table truth_touches as
    with web as (
        select v.*, c.component,
            case when channel_name = 'direct' then 'Direct' when not has_utm and gclid is not null then 'Paid Search'
                when channel_name = 'cross_network' and fault = 1 then 'Paid Search'
                else h.ga4_channel end as shown_channel
        from visits v join channels h using (channel) left join client_components c using (client)
    ),
    touches as (
        select person, started_at as ts,
            case when channel_name = 'direct' then 'direct_session' else 'session' end as kind,
            channel_name, shown_channel, governed_campaign as campaign, 'ga4' as system,
            client_id || ':' || started_at as record_id, null as other_id,
            case when not is_recorded then 'not tracked' when known_at is null then 'never known'
                when component <> 0 then 'browser never linked' end as why
        from web
        union all
        select w.person, w.ts, 'form_fill', channel_name, shown_channel, governed_campaign, '{map}',
            {activity_id}::varchar, null, null
        from acts a join web w on a.kind = 2 and a.value >= 0 and w.session = a.ref
        union all
        select l.person, a.ts, 'form_fill', null, null, null, '{map}', {activity_id}::varchar, null,
            case when c.component > 0 then 'duplicate never linked' end
        from acts a join map_leads l on l.lead = a.lead join lead_components c on c.lead = l.lead
        where a.kind = 2 and a.value < 0
        union all
        select l.person, a.ts, 'email_click', 'email', 'Email', c.name, '{map}', {activity_id}::varchar, null, null
        from acts a join map_leads l on l.lead = a.lead join campaigns c on c.campaign_number = a.value
        where a.kind = 11
        union all
        select m.person, m.ts, case m.status when 'Attended' then 'webinar_attendance' else 'campaign_response' end,
            c.channel_name, null, c.name, '{member_system}', {membership},
            case when {in_marketo} and {has_conversions} then m.id end,
            case when not {has_memberships} then 'no extract holds it' end
        from memberships m join campaigns c on c.campaign_number = m.campaign join primary_leads l using (person)
        where m.reached
    )
    select row_number() over (order by ts, person, kind, record_id) as touch, why is null as is_recoverable, *
    from touches
"""

QUERIES = {
    "touches": f"""
        select 'T' || touch as touch_id, 'P' || person as person_id, 'A' || p.account as account_id,
            {INSTANT.format("ts")} as touch_at, kind as touch_kind, channel_name as true_channel,
            shown_channel as channel, campaign, system as source_system, record_id as source_record_id,
                other_id as alternate_record_id,
                is_recoverable, why as not_recoverable_because
        from truth_touches join people p using (person)
    """,
    "touch_opportunities": """
        select 'T' || t.touch as touch_id, d.record as opportunity_id, t.ts <= d.created_at as is_before_creation
        from truth_touches t join deal_roles r using (person) join deals d on d.deal = r.deal
        where t.ts <= coalesce(d.closed_at, 9e18)
    """,
    "channel_effects": """
        select h.name as true_channel, h.ga4_channel as channel, h.platform, h.inquiry_effect, h.win_effect,
            l.incremental_inquiries, l.incremental_wins, l.incremental_won_usd
        from channels h join lifts l using (channel)
    """,
}
