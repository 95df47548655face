-- Grain: one row per bill and version.

{{ united('invoices') }}
