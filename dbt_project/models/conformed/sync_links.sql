-- Grain: one row per pair of records and version.
{{ config(materialized='table') }}

{{ united('sync_links') }}
