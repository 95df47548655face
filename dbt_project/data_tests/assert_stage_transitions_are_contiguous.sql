-- A stage is left at the instant and for the stage of the next transition, passes never run backward.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A stage is left at another instant than the next is entered, so durations and stocks are wrong.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

sequenced as (
    select
        *,
        lead(entered_at) over person_stages as next_entered_at,
        lead(stage) over person_stages as next_stage,
        lead(pass_number) over person_stages as next_pass_number
    from {{ ref('int_stage_transitions') }}
    -- Of several entries of one instant the last is the one that leads on.
    window person_stages as (
        partition by person_id
        order by
            entered_at, stage_order, pass_number,
            case when left_at = entered_at and left_to_stage = stage then 1 else 2 end
    )
)

select
    person_id,
    stage,
    entered_at
from sequenced
where
    (next_entered_at is null and not is_current)
    or (next_entered_at is not null and coalesce(left_at <> next_entered_at or left_to_stage <> next_stage, true))
    or next_pass_number not between pass_number and pass_number + 1
