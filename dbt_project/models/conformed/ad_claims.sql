-- Grain: one row per line of the platform and kind of claim.

{{ united('ad_claims') }}
