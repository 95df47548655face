-- The two parts of the wait of a touched MQL make up the whole, and each MQL is touched, censored or negative.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Routing and human delay don\'t make up the wait for sales, so SLA reports blame the wrong team.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select
    mql_pass_id,
    business_hours,
    routing_delay_hours,
    human_delay_hours
from {{ ref('fct_speed_to_lead') }}
where
    abs(business_hours - routing_delay_hours - human_delay_hours) > 1e-6
    or routing_delay_hours < 0
    or human_delay_hours < 0
    or business_hours < 0
    or cast(is_touched as int) + cast(is_censored as int) + cast(has_negative_interval as int) <> 1
