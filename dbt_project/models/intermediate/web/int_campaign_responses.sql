-- Grain: one row per person and effort (campaign, and the program that syncs with it): the strongest response, which is
-- attendance where any system tells it, else the CRM's first.
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
        coalesce(campaigns.campaign_type, efforts.campaign_type) as campaign_type,
        nullif(responses.member_status, '') as member_status,
        -- Of what happened on the day of a conversion nobody knows the order: the touch comes first.
        responses.touched_at as responded_at,
        crm.system is not null as is_of_crm,
        lower(concat(
            coalesce(campaigns.campaign_type, efforts.campaign_type, ''), ' ', responses.member_status
        )) like '%webinar%'
        and lower(responses.member_status) like '%attended%'
        and lower(responses.member_status) not like '%not attended%' as is_attendance
    from responses
    left join person_records on responses.person_record_id = person_records.person_record_id
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    left join campaigns as efforts on campaigns.canonical_campaign_id = efforts.campaign_id
    left join crm on responses.system = crm.system
),

ranked as (
    select
        *,
        row_number() over (
            partition by coalesce(person_id, person_record_id), campaign_id
            order by is_attendance desc, is_of_crm desc, responded_at asc, source_record_id asc, member_status asc
        ) as response_rank
    from judged
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
