"""Truth of what campaigns cost, and of what ad platforms claim of them."""

from orchestration.demo.systems.ads import CLAIMS_A_FORM

_after = {
    place: " ".join(f"when '{platform}' then {claims[number]}" for platform, claims in CLAIMS_A_FORM.items())
    for number, place in enumerate(("click", "view"))
}

# The CRM's cost is spread over a campaign's days until today, the program's is of its months. An ad campaign's cost is
# what its platform charged; of one that is held in both systems the CRM's counts.
COSTS = """
    create table truth_costs as
    with months as (
        select c.campaign_number, c.id, c.channel_name, m.month_start_date,
            least(c.spent_day, m.last_day) - greatest(c.start_day, m.first_day) + 1 as days,
            c.spent_day - c.start_day + 1 as all_days
        from (
            select *, greatest(start_day, least(end_day, day_number(cut()))) as spent_day from campaigns
        ) c
        join (
            select min(d) as first_day, max(d) as last_day, month_text(d, 0)::date as month_start_date
            from range((select max(end_day) + 1 from campaigns)::bigint) days(d) group by all
        ) m on m.first_day <= c.spent_day and m.last_day >= c.start_day
        where c.is_registered
    ),
    booked as (
        select *, 100 * case channel_name when 'webinar' then 4000 when 'event' then 18000 when 'email' then 600
            when 'partner' then 2500 else 9000 end as cents
        from months
        join (select campaign_number from campaigns where greatest(start_day - 20, 0) * 86400 + epoch() + 35000 < cut())
            using (campaign_number)
    ),
    dealt as (
        select *, cents * days // all_days + (row_number() over (
            partition by campaign_number order by cents * days % all_days desc, month_start_date
        ) <= cents - sum(cents * days // all_days) over (partition by campaign_number))::int as month_cents
        from booked
    )
    select 'crm_campaign' as cost_source, 'salesforce:' || id as campaign_record_id, month_start_date,
        month_cents / 100 as amount,
        campaign_number not in (
            select campaign from ad_parts where cost_micros > 0 and day < day_number(cut())
        ) as is_counted
    from dealt where {has_plans}
    union all
    select 'map_program', 'marketo:' || (1000 + campaign_number), month_text(start_day, step)::date,
        case channel_name when 'webinar' then 4000 when 'email' then 600 else 6000 * (step + 1) end, not {has_plans}
    from campaigns join (select unnest([0, 1]) as step) on step = 0 or channel_name = 'event'
    where {in_marketo} and channel_name in ('webinar', 'event', 'email') and is_registered
        and greatest(start_day - 20, 0) * 86400 + epoch() + 36000 < cut()
"""

QUERIES = {
    "marketing_costs": "select * from truth_costs",
    "platform_claims": f"""
        with parts as (
            select platform, campaign, campaign_id, month_text(day, 0)::date as month_start_date,
                sum(forms * case platform {_after["click"]} end
                    + case platform when 'linkedin_ads' then clicks // 40 else 0 end) as clicks,
                sum(forms * case platform {_after["view"]} end) as views
            from ad_parts where day < day_number(cut()) group by all
        ),
        forms as (
            select c.campaign_number as campaign,
                date_trunc('month', make_timestamp(t.ts::bigint * 1000000))::date as month_start_date,
                count(*) as forms
            from truth_touches t join campaigns c on c.name = t.campaign
            where t.kind = 'form_fill' and t.is_recoverable and c.is_registered group by all
        )
        select platform as ad_platform, platform || ':' || campaign_id as campaign_record_id, month_start_date,
            clicks as claimed_click_count, views as claimed_view_count, coalesce(forms, 0) as form_count
        from parts left join forms using (campaign, month_start_date)
    """,
}
