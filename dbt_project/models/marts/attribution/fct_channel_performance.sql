-- Grain: one row per attribution setting, attribution model, channel and month.

{{ attribution_performance('channel') }}
