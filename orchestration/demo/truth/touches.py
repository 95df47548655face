"""Truth of touches and of what channels bring."""

from orchestration.demo.truth.spelling import INSTANT

# What a visit consists of is one touch of the strongest kind: the click that opened it, the session, the form. Each
# part lies in a system of its own; what nothing but an unseen session ties together, nobody can tell.
TOUCHES = """
    create table truth_web as
    select v.*, c.component,
        case when channel_name = 'direct' then 'Direct' when not has_utm and gclid is not null then 'Paid Search'
            when channel_name = 'cross_network' and fault = 1 then 'Paid Search'
            else h.ga4_channel end as shown_channel
    from visits v join channels h using (channel) left join client_components c using (client);
    create table truth_touch_parts as
    select person, 'V' || session as touch_key, started_at as ts,
        case when channel_name = 'direct' then 'direct_session' else 'session' end as kind,
        channel_name, shown_channel, governed_campaign as campaign, 'ga4' as system,
        client_id || ':' || started_at as record_id, null as other_id,
        case when not is_recorded then 'not tracked' when known_at is null then 'never known'
            when component <> 0 then 'browser never linked' end as why
    from truth_web
    union all
    select w.person, 'V' || w.session, w.ts, 'form_fill', channel_name, shown_channel, governed_campaign, '{map}',
        {activity_id}::varchar, null, null
    from acts a join truth_web w on a.kind = 2 and a.value >= 0 and w.session = a.ref
    union all
    select l.person, 'A' || a.n, a.ts, 'form_fill', null, null, null, '{map}', {activity_id}::varchar, null,
        case when c.component > 0 then 'duplicate never linked' end
    from acts a join map_leads l on l.lead = a.lead join lead_components c on c.lead = l.lead
    where a.kind = 2 and a.value < 0
    union all
    select l.person, coalesce('V' || w.session, 'A' || a.n), a.ts, 'email_click', 'email', 'Email', c.name, '{map}',
        {activity_id}::varchar, null, null
    from acts a join map_leads l on l.lead = a.lead join campaigns c on c.campaign_number = a.value
    left join truth_web w on w.mailing = a.ref
    where a.kind = 11
    union all
    select m.person, 'M' || m.id, m.ts,
        case m.status when 'Attended' then 'webinar_attendance' else 'campaign_response' end,
        c.channel_name, null, c.name, '{member_system}', {membership},
        case when {in_marketo} and {has_conversions} then m.id end,
        case when not {has_memberships} then 'no extract holds it' end
    from memberships m join campaigns c on c.campaign_number = m.campaign join primary_leads l using (person)
    where m.reached
    union all
    -- Sign-ins of one tablet within half an hour of each other are a session of it, and of nobody.
    select null, 'T' || min(ts), min(ts) - 20, 'direct_session', 'direct', 'Direct', null, 'ga4',
        client_id || ':' || (min(ts) - 20), null, 'many share the browser'
    from (
        select *, count(*) filter (where is_first) over (partition by client_id order by ts, signin) as visit
        from (
            select *, coalesce(ts - 20 - lag(ts) over (partition by client_id order by ts, signin) > 1800, true)
                as is_first
            from tablet_signins
        )
    )
    group by client_id, visit;
    create table truth_touches as
    with strength as (
        select * from (values ('webinar_attendance', 1), ('form_fill', 2), ('campaign_response', 3), ('email_click', 4),
            ('session', 5), ('direct_session', 6)) t(kind, strength)
    ),
    joined as (
        select person, touch_key, min(ts) as ts, arg_min(kind, strength) as kind,
            arg_max(channel_name, strength) as channel_name, arg_max(shown_channel, strength) as shown_channel,
            arg_max(campaign, strength) as campaign, arg_min(system, strength) as system,
            arg_min(record_id, strength) as record_id, arg_min(other_id, strength) as other_id, count(*) as parts,
            case
                when bool_or(why is null and kind in ('session', 'direct_session')) then null
                when count(*) filter (where why is null) = 1 then null
                when count(*) filter (where why is null) > 1 then 'only an unseen session ties its parts'
                else min(why)
            end as why
        from truth_touch_parts join strength using (kind)
        group by person, touch_key
    )
    select row_number() over (order by ts, person, kind, record_id) as touch, why is null as is_recoverable, *
    from joined
"""

QUERIES = {
    "touches": f"""
        select 'T' || touch as touch_id, 'P' || person as person_id, 'A' || p.account as account_id,
            {INSTANT.format("ts")} as touch_at, kind as touch_kind, channel_name as true_channel,
            shown_channel as channel, campaign, system as source_system, record_id as source_record_id,
                other_id as alternate_record_id, parts as part_count,
                is_recoverable, why as not_recoverable_because
        from truth_touches left join people p using (person)
    """,
    "touch_parts": """
        select 'T' || t.touch as touch_id, p.kind as part_kind, p.system as source_system,
            p.record_id as source_record_id, p.campaign
        from truth_touch_parts p
        join truth_touches t on t.touch_key = p.touch_key and t.person is not distinct from p.person
    """,
    "touch_opportunities": """
        select 'T' || t.touch as touch_id, d.record as opportunity_id, t.ts <= d.created_at as is_before_creation
        from truth_touches t join deal_roles r using (person) join deals d on d.deal = r.deal
        where r.removed_at is null and t.ts <= coalesce(d.closed_at, 9e18)
    """,
    "unidentified_traffic": """
        select date_trunc('month', make_timestamp(started_at::bigint * 1000000))::date as month_start_date,
            shown_channel as channel, count(*) as visit_count
        from truth_web where is_anonymous group by all
    """,
    "experiments": "from trial_outcomes",
    "channel_effects": """
        select h.name as true_channel, h.ga4_channel as channel, h.platform, h.inquiry_effect, h.win_effect,
            l.incremental_inquiries, l.incremental_wins, l.incremental_won_usd
        from channels h join lifts l using (channel)
    """,
}
