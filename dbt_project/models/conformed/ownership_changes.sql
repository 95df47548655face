-- Grain: one row per record and change.
{{ config(materialized='table') }}

{{ united('ownership_changes') }}
