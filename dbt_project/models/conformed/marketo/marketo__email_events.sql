-- Grain: one row per mail sent or link clicked.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id in (6, 11))

select
    'activities' as object,
    case activity_type_id when 6 then 'sent' else 'clicked' end as event_kind,
    activity_id as source_record_id,
    'marketo:lead:' || cast(lead_id as string) as recipient_id,
    activity_at as occurred_at,
    primary_attribute_value as email_name,
    link,
    coalesce(is_bot_activity, false) as is_machine,
    'marketo:' || cast(program_id as string) as campaign_id
from activities
