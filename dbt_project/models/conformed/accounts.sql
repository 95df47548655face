-- Grain: one row per account record and version.
{{ config(materialized='table') }}

{{ united('accounts') }}
