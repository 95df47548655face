-- Grain: one row per mail sent, link clicked or mail that bounced.
-- Activity type 6 is a mail sent, 1 a click (on a mail's link where it names one), 17 a click on a third party's link,
-- 13 a bounce, hard unless its details say otherwise.
with

activities as (
    select * from {{ ref('stg_pardot__visitor_activities') }}
    where
        prospect_id is not null
        and activity_type_id in (1, 6, 13, 17)
        and (activity_type_id = 13 or coalesce(email_id, list_email_id, email_template_id) is not null)
)

select
    'visitor_activity' as object,
    case
        when activity_type_id = 6 then 'sent'
        when activity_type_id in (1, 17) then 'clicked'
        when lower(details) like '%soft%' then 'soft_bounced'
        else 'hard_bounced'
    end as event_kind,
    cast(activity_id as string) as source_record_id,
    'pardot:prospect:' || cast(prospect_id as string) as recipient_id,
    occurred_at,
    'e-mail ' || cast(coalesce(list_email_id, email_id, email_template_id) as string) as email_name,
    case when details like 'http%' then details end as link,
    'pardot:' || cast(campaign_id as string) as campaign_id,
    false as is_machine
from activities
