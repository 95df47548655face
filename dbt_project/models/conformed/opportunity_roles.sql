-- Grain: one row per role and version.

{{ united('opportunity_roles') }}
