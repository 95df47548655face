-- Grain: one row per log entry.

{{ united('record_deletions') }}
