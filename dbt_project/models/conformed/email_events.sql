-- Grain: one row per event.
{{ config(materialized='table') }}

{{ united('email_events') }}
