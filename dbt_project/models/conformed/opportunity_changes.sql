-- Grain: one row per opportunity, instant and log entry.
{{ config(materialized='table') }}

{{ united('opportunity_changes') }}
