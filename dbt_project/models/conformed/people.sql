-- Grain: one row per person record and version.
{{ config(materialized='table') }}

{{ united_plausibly('people') }}
