-- Grain: one row per form filled in.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id = 2)

select
    activity_id as source_record_id,
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    activity_at as filled_at,
    primary_attribute_value as form_name,
    {{ serialised_filled_names('form_fields') }} as filled_fields,
    'marketo:' || cast(program_id as string) as campaign_id,
    query_parameters as tagged_url,
    referrer_url
from activities
