-- Grain: one row per click on a link of a marketing e-mail.
with

clicks as (select * from {{ ref('email_events') }} where event_kind = 'clicked' and not coalesce(is_machine, false)),

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
