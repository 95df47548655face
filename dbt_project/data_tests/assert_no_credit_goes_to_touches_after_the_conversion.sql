-- touch_after_conversion: never.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A touch earns credit for what had happened before it.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    attribution_setting,
    basis,
    attribution_model,
    conversion_id,
    touchpoint_id,
    touchpoint_at,
    conversion_at
from {{ ref('fct_attribution_credits_by_setting') }}
where touchpoint_at > conversion_at
