-- Grain: one row per touch of a record.
{{ config(materialized='table') }}

{{ united_plausibly('human_touches') }}
