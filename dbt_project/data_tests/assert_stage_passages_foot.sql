-- Open at start + entered = left + open at end, what was left was left one way, and nobody is counted twice in a stage.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Open at start + entered is not left + open at end, or somebody is counted twice in a stage.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
select *
from {{ ref('fct_stage_passages') }}
where
    open_at_start_count + entered_count <> left_count + open_at_end_count
    or left_count <> left_forward_count + left_backward_count + left_reentered_count + left_holding_count
    + left_lost_count
    or open_at_start_count < 0
    or open_at_end_count < 0
    or in_stage_count < greatest(open_at_start_count, open_at_end_count)
    or in_stage_count > open_at_start_count + entered_count
