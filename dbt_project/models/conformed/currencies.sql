-- Grain: one row per system and currency.

{{ united('currencies') }}
