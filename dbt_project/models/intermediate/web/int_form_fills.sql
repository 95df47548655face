-- Grain: one row per form fill known to a marketing platform.
with

marketo as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 2),

hubspot as (select * from {{ ref('stg_hubspot__form_submissions') }}),

hubspot_contacts as (
    -- An address may be on several contacts; all are one person, so any one will do.
    select email_normalized, min(person_record_id) as person_record_id
    from {{ ref('int_person_records') }}
    where system = 'hubspot' and email_normalized is not null
    group by email_normalized
),

fills as (
    select
        'marketo' as system, activity_id as source_record_id,
        'marketo:lead:' || cast(lead_id as string) as person_record_id,
        activity_at as filled_at, primary_attribute_value as form_name,
        'marketo:' || cast(program_id as string) as program_campaign_id,
        query_parameters as tagged_url, referrer_url
    from marketo
    union all
    select
        'hubspot', hubspot.form_submission_id,
        coalesce('hubspot:contact:' || cast(hubspot.contact_id as string), hubspot_contacts.person_record_id),
        hubspot.submitted_at, hubspot.form_name, cast(null as string), hubspot.page_url, cast(null as string)
    from hubspot
    left join hubspot_contacts on {{ normalize_email('hubspot.email') }} = hubspot_contacts.email_normalized
),

final as (
    select
        system, source_record_id, person_record_id, filled_at, form_name, program_campaign_id,
        {{ traffic_value(url_param('tagged_url', 'utm_source')) }} as tagged_source,
        {{ traffic_value(url_param('tagged_url', 'utm_medium')) }} as tagged_medium,
        {{ traffic_value(url_param('tagged_url', 'utm_campaign')) }} as campaign,
        {{ click_id_type("'?' || tagged_url") }} as click_id_type,
        cast(null as string) as referrer_host,
        {{ url_host('referrer_url') }} as form_referrer_host
    from fills
)

select
    *,
    {{ traffic_key('tagged_source', 'tagged_medium', 'campaign', 'click_id_type', 'referrer_host') }} as traffic_key
from final
