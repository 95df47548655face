-- Grain: one row per system, currency and first day.

{{ united('conversion_rates') }}
