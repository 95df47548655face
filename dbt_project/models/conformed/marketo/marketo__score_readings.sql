-- Grain: one row per change of a lead's score.
with

activities as (select * from {{ ref('marketo__activities') }} where activity_type_id = 22)

select
    'marketo:lead:' || cast(lead_id as string) as person_record_id,
    lower(replace(coalesce(score_name, primary_attribute_value), ' ', '_')) as score_name,
    {{ try_cast('new_value', 'double') }} as score,
    {{ try_cast('old_value', 'double') }} as score_before,
    activity_at as read_at,
    activity_id as source_record_id
from activities
