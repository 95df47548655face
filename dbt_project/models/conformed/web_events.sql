-- Grain: one row per event of a known client.

{{ united('web_events') }}
