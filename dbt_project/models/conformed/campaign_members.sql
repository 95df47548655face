-- Grain: one row per member and version.
{{ config(materialized='table') }}

{{ united_plausibly('campaign_members', dates=['responded_date']) }}
