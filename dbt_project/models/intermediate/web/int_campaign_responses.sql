-- Grain: one row per person, effort (campaign, and the program that syncs with it) and webinar or event of it: the
-- strongest response, which is attendance where any system tells it, else the CRM's first. A response that names no
-- event tells of one that another names.
with

responses as (select * from {{ ref('int_campaign_member_responses') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

person_records as (select * from {{ ref('int_person_records') }}),

crm as (select system from {{ ref('int_system_roles') }} where system_role = 'crm'),

judged as (
    select
        responses.system,
        responses.source_record_id,
        responses.person_record_id,
        person_records.person_id,
        coalesce(campaigns.canonical_campaign_id, responses.campaign_id) as campaign_id,
        coalesce(campaigns.campaign_type, efforts.campaign_type, responses.event_type) as campaign_type,
        {{ normalize_text('responses.event_name') }} as event_name,
        nullif(responses.member_status, '') as member_status,
        -- Of what happened on the day of a conversion nobody knows the order: the touch comes first.
        responses.touched_at as responded_at,
        crm.system is not null as is_of_crm,
        lower(concat(
            coalesce(campaigns.campaign_type, efforts.campaign_type, responses.event_type, ''), ' ',
            responses.member_status
        )) like '%webinar%'
        and {{ matches('lower(responses.member_status)', '(^|[^a-z])attended') }}
        and not {{ matches('lower(responses.member_status)', '(^|[^a-z])(not|no|non|never)[ _-]*attended') }}
            as is_attendance
    from responses
    left join person_records on responses.person_record_id = person_records.person_record_id
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    left join campaigns as efforts on campaigns.canonical_campaign_id = efforts.campaign_id
    left join crm on responses.system = crm.system
),

named as (
    select
        *,
        coalesce(
            event_name, min(event_name) over (partition by coalesce(person_id, person_record_id), campaign_id), ''
        ) as event_key
    from judged
),

ranked as (
    select
        *,
        row_number() over (
            partition by coalesce(person_id, person_record_id), campaign_id, event_key
            order by is_attendance desc, is_of_crm desc, responded_at asc, source_record_id asc, member_status asc
        ) as response_rank
    from named
)

select
    system,
    source_record_id,
    person_record_id,
    person_id,
    campaign_id,
    campaign_type,
    member_status,
    responded_at,
    is_attendance
from ranked
where response_rank = 1
