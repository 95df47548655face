-- Grain: one row per statement.

{{ united('consent_statements') }}
