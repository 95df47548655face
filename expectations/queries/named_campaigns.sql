-- Grain: one row per campaign record that someone created and named in the last 18 months.
select
    campaign_record_id,
    system,
    campaign_name
from marts.dim_campaign_records
where
    is_delivered
    and not is_deleted
    and campaign_name is not null
    and coalesce(start_date, {{ as_of }}::date) >= {{ as_of }} - interval 18 months
