-- Grain: one row per mail sent, link clicked or mail that bounced: 8 hard, 27 soft.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id in (6, 8, 11, 27))

select
    'activities' as object,
    case activity_type_id
        when 6 then 'sent'
        when 8 then 'hard_bounced'
        when 11 then 'clicked'
        else 'soft_bounced'
    end as event_kind,
    activity_id as source_record_id,
    'marketo:lead:' || cast(lead_id as string) as recipient_id,
    activity_at as occurred_at,
    primary_attribute_value as email_name,
    link,
    coalesce(is_bot_activity, false) as is_machine,
    'marketo:' || cast(program_id as string) as campaign_id
from activities
