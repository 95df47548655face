-- Grain: one row per click on a link of a marketing e-mail.
with

marketo as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 11),

hubspot as (select * from {{ ref('stg_hubspot__email_events') }} where event_type = 'CLICK'),

hubspot_contacts as (
    -- An address may be on several contacts; all are one person, so any one will do.
    select email_normalized, min(person_record_id) as person_record_id
    from {{ ref('int_person_records') }}
    where system = 'hubspot' and email_normalized is not null
    group by email_normalized
),

clicks as (
    select
        'marketo' as system, activity_id as source_record_id,
        'marketo:lead:' || cast(lead_id as string) as person_record_id,
        activity_at as clicked_at, link, 'marketo:' || cast(program_id as string) as program_campaign_id,
        primary_attribute_value as email_name
    from marketo
    union all
    select
        'hubspot', hubspot.email_event_id, hubspot_contacts.person_record_id, hubspot.occurred_at, hubspot.link,
        cast(null as string), cast(null as string)
    from hubspot
    left join hubspot_contacts on {{ normalize_email('hubspot.email') }} = hubspot_contacts.email_normalized
),

tagged as (
    select
        clicks.*,
        {{ traffic_value(url_param('link', 'utm_source')) }} as tagged_source,
        {{ traffic_value(url_param('link', 'utm_medium')) }} as tagged_medium,
        {{ traffic_value(url_param('link', 'utm_campaign')) }} as campaign,
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
