-- Grain: one row per attribution setting, attribution model, campaign and month.

{{ attribution_performance('campaign_id') }}
