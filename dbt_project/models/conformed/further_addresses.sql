-- Grain: one row per person record, version and e-mail address that it lists beside its own.
{{ config(materialized='table') }}

{{ united('further_addresses') }}
