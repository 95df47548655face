-- Grain: one row per form fill known to a marketing platform.
with

fills as (select * from {{ ref('form_fills') }}),

final as (
    select
        system, source_record_id, person_record_id, filled_at, form_name, campaign_id as program_campaign_id,
        {{ traffic_value(url_param('tagged_url', 'utm_source')) }} as tagged_source,
        {{ traffic_value(url_param('tagged_url', 'utm_medium')) }} as tagged_medium,
        {{ campaign_value(url_param('tagged_url', 'utm_campaign')) }} as campaign,
        {{ click_id_type("'?' || tagged_url") }} as click_id_type,
        cast(null as string) as referrer_host,
        {{ url_host('referrer_url') }} as form_referrer_host
    from fills
)

select
    *,
    {{ traffic_key('tagged_source', 'tagged_medium', 'campaign', 'click_id_type', 'referrer_host') }} as traffic_key
from final
