-- Grain: one row per owner and version.

{{ united('owners') }}
