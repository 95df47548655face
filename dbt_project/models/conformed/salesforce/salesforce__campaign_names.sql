-- Grain: one row per campaign and name that it ever had.
select
    'salesforce:' || campaign_id as campaign_id,
    campaign_name,
    max(valid_from) as named_at
from {{ ref('stg_salesforce__campaigns') }}
where campaign_name is not null
group by campaign_id, campaign_name
