-- Grain: one row per form fill.
{{ config(materialized='table') }}

{{ united('form_fills') }}
