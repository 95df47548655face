-- Grain: one row per opportunity and version.
{{ config(materialized='table') }}

{{ united_plausibly('opportunities') }}
