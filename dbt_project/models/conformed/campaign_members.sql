-- Grain: one row per member and version.
{{ config(materialized='table') }}

{{ united('campaign_members') }}
