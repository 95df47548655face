-- Grain: one row per touch of a record.
{{ config(materialized='table') }}

{{ united('human_touches') }}
