-- Grain: one row per pair of records and place that says so.

{{ united('record_merges') }}
