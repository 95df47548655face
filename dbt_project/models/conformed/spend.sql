-- Grain: one row per line of the platform.

{{ united('spend') }}
