-- Grain: one row per cost or budget that a system books for a campaign.

{{ united('campaign_costs') }}
