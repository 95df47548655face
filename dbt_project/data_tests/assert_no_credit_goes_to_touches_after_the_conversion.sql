-- touch_after_conversion: never.
select
    basis,
    attribution_model,
    opportunity_id,
    touchpoint_id,
    touchpoint_at,
    conversion_at
from {{ ref('fct_attribution_credits') }}
where touchpoint_at > conversion_at
