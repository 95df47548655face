-- Grain: one row per person record and effort (campaign, and the program that syncs with it): the first response.
with

salesforce_members as (select * from {{ ref('stg_salesforce__campaign_members') }}),

program_members as (select * from {{ ref('stg_marketo__program_members') }}),

campaigns as (select * from {{ ref('int_campaigns_united') }}),

person_records as (select * from {{ ref('int_person_records') }}),

responses as (
    select
        'salesforce' as system, 1 as system_order, campaign_member_id as source_record_id,
        coalesce('salesforce:contact:' || contact_id, 'salesforce:lead:' || lead_id) as person_record_id,
        'salesforce:' || campaign_id as campaign_id, member_status,
        -- The CRM stores the day of a response; the instant is known only when the member was added that day.
        case
            when first_responded_date is null or cast(created_at as date) = first_responded_date then created_at
            else cast(first_responded_date as timestamp)
        end as responded_at
    from salesforce_members
    where has_responded and not coalesce(is_deleted, false)
    union all
    select
        'marketo', 2, cast(program_id as string) || ':' || cast(lead_id as string),
        'marketo:lead:' || cast(lead_id as string), 'marketo:' || cast(program_id as string), member_status,
        coalesce(reached_success_at, joined_at, updated_at)
    from program_members
    where coalesce(has_reached_success, false)
),

ranked as (
    select
        responses.system,
        responses.source_record_id,
        responses.person_record_id,
        person_records.person_id,
        coalesce(campaigns.canonical_campaign_id, responses.campaign_id) as campaign_id,
        campaigns.campaign_type,
        responses.member_status,
        responses.responded_at,
        lower(coalesce(campaigns.campaign_type, '')) like '%webinar%'
        and lower(coalesce(responses.member_status, '')) like '%attended%'
        and lower(coalesce(responses.member_status, '')) not like '%not attended%' as is_attendance,
        row_number() over (
            partition by
                coalesce(person_records.person_id, responses.person_record_id),
                coalesce(campaigns.canonical_campaign_id, responses.campaign_id)
            order by responses.system_order, responses.responded_at, responses.source_record_id
        ) as response_rank
    from responses
    left join person_records on responses.person_record_id = person_records.person_record_id
    left join campaigns on responses.campaign_id = campaigns.campaign_id
),

final as (
    select
        system, source_record_id, person_record_id, person_id, campaign_id, campaign_type, member_status, responded_at,
        is_attendance
    from ranked
    where response_rank = 1
)

select * from final
