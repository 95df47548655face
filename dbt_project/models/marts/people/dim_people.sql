-- Grain: one row per person.
with

records as (select * from {{ ref('int_person_records') }}),

roles as (select * from {{ ref('int_system_roles') }}),

survived as (select * from {{ ref('int_people_survived') }}),

people_accounts as (select * from {{ ref('int_people_accounts') }}),

first_touches as (select * from {{ ref('int_people_first_touches') }}),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

created as (select * from {{ ref('int_people_created') }}),

regions as (select * from {{ ref('int_people_breakdowns') }} where breakdown = 'region'),

people as (
    select
        records.person_id,
        count(*) as record_count,
        sum(case when maps.system is not null then 1 else 0 end) as map_record_count,
        sum(case when crms.system is not null and records.record_type = 'lead' then 1 else 0 end) as crm_lead_count,
        sum(case when crms.system is not null and records.record_type = 'contact' then 1 else 0 end)
            as crm_contact_count,
        sum(case when records.record_type = 'web_client' then 1 else 0 end) as web_client_count,
        sum(case when records.record_type <> 'web_client' and not records.is_delivered then 1 else 0 end)
            as undelivered_record_count,
        max(case when records.is_delivered then 1 else 0 end) = 1 as has_delivered_record,
        max(case when records.is_delivered and not records.is_deleted and not records.is_merged_away then 1 else 0 end)
        = 0 as is_deleted,
        max(case when records.is_merged_away then 1 else 0 end) = 1 as has_merged_records,
        max(case when records.is_unsubscribed then 1 when not records.is_unsubscribed then 0 end) = 1
            as is_unsubscribed,
        max(case when lower(records.lifecycle_stage) = 'customer' then 1 else 0 end) = 1 as was_customer,
        max(case
            when not records.is_deleted and not records.is_merged_away
                then case when lower(records.lifecycle_stage) = 'customer' then 1 else 0 end
        end) = 1 as is_customer,
        max(records.updated_at) as updated_at
    from records
    left join roles as maps on records.system = maps.system and maps.system_role = 'map'
    left join roles as crms on records.system = crms.system and crms.system_role = 'crm'
    group by records.person_id
),

final as (
    select
        people.person_id,
        {{ split_part('survived.email', '@', 2) }} as email_domain,
        coalesce({{ is_email_shaped('survived.email') }}, false) as is_email_valid,
        people_accounts.account_id,
        people_accounts.account_match_method,
        cast(people_accounts.account_match_confidence as double) as account_match_confidence,
        survived.country,
        survived.state,
        {{ or_unknown('regions.breakdown_value') }} as territory,
        survived.industry,
        survived.job_title,
        survived.lead_source,
        created.created_at as known_at,
        least(
            coalesce(created.created_at, first_touches.first_touch_at),
            coalesce(first_touches.first_touch_at, created.created_at)
        ) as first_seen_at,
        first_touches.first_touch_at,
        {{ or_unknown('first_touches.channel') }} as first_touch_channel,
        {{ or_unknown('campaigns.campaign_id') }} as first_touch_campaign_id,
        cast(people.record_count as bigint) as record_count,
        cast(people.map_record_count as bigint) as map_record_count,
        cast(people.crm_lead_count as bigint) as crm_lead_count,
        cast(people.crm_contact_count as bigint) as crm_contact_count,
        cast(people.web_client_count as bigint) as web_client_count,
        cast(people.undelivered_record_count as bigint) as undelivered_record_count,
        people.has_delivered_record,
        people.has_merged_records,
        people.is_deleted,
        people.is_unsubscribed,
        case when people.is_deleted then people.was_customer else people.is_customer end as is_customer,
        {{- published_custom_fields('people', 'survived') }}
        people.updated_at
    from people
    left join created on people.person_id = created.person_id
    left join survived on people.person_id = survived.person_id
    left join people_accounts on people.person_id = people_accounts.person_id
    left join first_touches on people.person_id = first_touches.person_id
    left join campaigns on first_touches.campaign_id = campaigns.campaign_record_id
    left join regions on people.person_id = regions.person_id
)

select * from final
