-- Grain: one row per record, score and change.
{{ config(materialized='table') }}

{{ united('score_readings') }}
