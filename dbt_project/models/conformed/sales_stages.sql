-- Grain: one row per system and stage.

{{ united('sales_stages') }}
