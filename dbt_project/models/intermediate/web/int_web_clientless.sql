-- Grain: one row per system, reporting date and traffic source of events without a web client, which are sent where a
-- visitor gave no consent.
-- A page that was come to from elsewhere, or from nowhere, begins a visit; of what follows on the site nobody knows
-- where the visit came from: it counts as direct.
with

events as (select * from {{ ref('web_events') }} where client_id is null),

conversion_events as (select * from {{ ref('conversion_events') }}),

keyed as (
    select
        events.system,
        {{ reporting_date('events.occurred_at') }} as traffic_date,
        events.source as tagged_source,
        events.medium as tagged_medium,
        events.campaign,
        events.click_id_type,
        events.outside_referrer_host as referrer_host,
        events.event_name = 'page_view' as is_page_view,
        events.event_name = 'page_view'
        and (events.is_tagged or events.outside_referrer_host is not null or events.referrer_host is null)
            as is_visit_start,
        conversion_events.event_name is not null as is_conversion
    from events
    left join conversion_events on events.event_name = conversion_events.event_name
)

select
    system,
    traffic_date,
    tagged_source,
    tagged_medium,
    campaign,
    click_id_type,
    referrer_host,
    {{ traffic_key('tagged_source', 'tagged_medium', 'campaign', 'click_id_type', 'referrer_host') }} as traffic_key,
    count(*) as event_count,
    sum(case when is_page_view then 1 else 0 end) as page_view_count,
    sum(case when is_visit_start then 1 else 0 end) as visit_count,
    sum(case when is_conversion then 1 else 0 end) as conversion_count
from keyed
group by system, traffic_date, tagged_source, tagged_medium, campaign, click_id_type, referrer_host
