-- Grain: one row per log entry.
{{ config(materialized='table') }}

{{ united('stage_statements') }}
