-- Grain: one row per campaign and name that it ever had.

{{ united('campaign_names') }}
