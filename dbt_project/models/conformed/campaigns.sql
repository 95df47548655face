-- Grain: one row per campaign.

{{ united('campaigns') }}
