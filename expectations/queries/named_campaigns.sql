-- Grain: one row per campaign that someone created and named in the last 18 months.
select
    campaign_id,
    system,
    campaign_name
from marts.dim_campaigns
where
    not coalesce(is_deleted, false)
    and campaign_name is not null
    and system <> 'web'
    and coalesce(start_date, {{ as_of }}::date) >= {{ as_of }} - interval 18 months
