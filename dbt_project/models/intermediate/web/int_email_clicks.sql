-- Grain: one row per click on a link of a marketing e-mail.
-- A machine's is none, whether the platform marks it or its speed does: a filter opens every link of a mail, or one
-- within seconds of its sending.
with

events as (select * from {{ ref('email_events') }} where event_kind in ('sent', 'clicked')),

limits as (
    select
        max(case when threshold = 'scanner_links' then warn end) as link_count,
        max(case when threshold = 'scanner_seconds' then warn end) as seconds
    from {{ ref('check_thresholds') }}
),

followed as (
    select
        *,
        max(case when event_kind = 'sent' then occurred_at end) over (
            partition by recipient_id, email_name order by occurred_at
        ) as sent_at,
        lag(case when event_kind = 'clicked' then occurred_at end) over (
            partition by recipient_id, email_name, event_kind order by occurred_at, source_record_id
        ) as clicked_before_at
    from events
),

numbered as (
    select
        followed.*,
        {{ seconds_between('followed.sent_at', 'followed.occurred_at') }} < limits.seconds as is_at_once,
        sum(
            case
                when {{ seconds_between('followed.clicked_before_at', 'followed.occurred_at') }} <= limits.seconds
                    then 0
                else 1
            end
        ) over (
            partition by followed.recipient_id, followed.email_name
            order by followed.occurred_at, followed.source_record_id
            rows between unbounded preceding and current row
        ) as burst_number
    from followed
    cross join limits
    where followed.event_kind = 'clicked'
),

bursts as (
    select recipient_id, email_name, burst_number, count(distinct link) as link_count
    from numbered
    group by recipient_id, email_name, burst_number
),

clicks as (
    select numbered.*
    from numbered
    cross join limits
    inner join bursts
        on
            numbered.recipient_id = bursts.recipient_id
            and numbered.email_name is not distinct from bursts.email_name
            and numbered.burst_number = bursts.burst_number
    where
        not coalesce(numbered.is_machine, false)
        and not coalesce(numbered.is_at_once, false)
        and coalesce(bursts.link_count < limits.link_count, true)
),

tagged as (
    select
        clicks.system,
        clicks.source_record_id,
        clicks.recipient_id as person_record_id,
        clicks.occurred_at as clicked_at,
        clicks.campaign_id as program_campaign_id,
        clicks.email_name,
        {{ traffic_value(url_param('link', 'utm_source')) }} as tagged_source,
        {{ traffic_value(url_param('link', 'utm_medium')) }} as tagged_medium,
        {{ campaign_value(url_param('link', 'utm_campaign')) }} as campaign,
        cast(null as string) as click_id_type,
        cast(null as string) as referrer_host
    from clicks
),

final as (
    -- A link without tags in an e-mail is still a click in an e-mail.
    select
        system, source_record_id, person_record_id, clicked_at, program_campaign_id, email_name,
        coalesce(tagged_source, case when tagged_medium is null then 'email' end) as tagged_source,
        coalesce(tagged_medium, case when tagged_source is null then 'email' end) as tagged_medium,
        campaign, click_id_type, referrer_host
    from tagged
)

select
    *,
    {{ traffic_key('tagged_source', 'tagged_medium', 'campaign', 'click_id_type', 'referrer_host') }} as traffic_key
from final
