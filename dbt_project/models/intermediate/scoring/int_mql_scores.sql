-- Grain: one row per person and MQL that was not skipped, with its score as it stood at that instant.
with

transitions as (select * from {{ ref('int_stage_transitions') }}),

readings as (select * from {{ ref('int_score_readings') }}),

mqls as (
    select * from transitions
    where stage = 'mql' and not is_skipped
),

known as (
    select
        mqls.stage_transition_id as mql_id,
        mqls.entered_at as mql_at,
        readings.person_record_id,
        readings.system,
        readings.score_kind,
        readings.score,
        readings.read_at,
        readings.is_logged,
        readings.read_at <= mqls.entered_at as is_as_of,
        readings.person_record_id = mqls.person_record_id as is_own_record
    from mqls
    inner join readings on mqls.person_id = readings.person_id
),

-- The record that turned MQL, else the one of the person that was scored last before.
totals as (
    select
        *,
        row_number() over (
            partition by mql_id order by is_own_record desc, read_at desc, person_record_id asc
        ) as reading_position
    from known
    where score_kind = 'total' and is_as_of
),

total as (
    select * from totals
    where reading_position = 1
),

-- Fit hardly moves, so what was first heard of it later is better than nothing; engagement never is.
parts as (
    select
        known.mql_id,
        known.score_kind,
        known.score,
        known.is_as_of,
        row_number() over (
            partition by known.mql_id, known.score_kind
            order by
                known.is_as_of desc,
                case when known.is_as_of then known.read_at end desc,
                known.read_at asc
        ) as reading_position
    from known
    inner join total on known.mql_id = total.mql_id and known.person_record_id = total.person_record_id
    where known.score_kind = 'fit' or (known.score_kind = 'engagement' and known.is_as_of and known.is_logged)
),

part as (
    select
        mql_id,
        max(case when score_kind = 'fit' then score end) as fit_score,
        max(case when score_kind = 'fit' then case when is_as_of then 'as_of' else 'first_known' end end) as fit_basis,
        max(case when score_kind = 'engagement' then score end) as engagement_score
    from parts
    where reading_position = 1
    group by mql_id
),

reached as (
    select
        mqls.stage_transition_id as mql_id,
        min(case when later.stage = 'sql' then later.entered_at end) as sql_at,
        min(case when later.stage = 'sao' then later.entered_at end) as sao_at
    from mqls
    inner join transitions as later
        on
            mqls.person_id = later.person_id
            and mqls.pass_number = later.pass_number
            and mqls.entered_at <= later.entered_at
    where later.stage in ('sql', 'sao')
    group by mqls.stage_transition_id
)

select
    mqls.stage_transition_id as mql_id,
    mqls.person_id,
    mqls.pass_number,
    mqls.entered_at as mql_at,
    total.system as score_system,
    total.person_record_id as score_record_id,
    case when total.is_logged then 'log' when total.mql_id is not null then 'version' else 'none' end as total_basis,
    total.read_at as total_read_at,
    total.score as total_score,
    part.fit_score,
    part.fit_basis,
    coalesce(part.engagement_score, total.score - part.fit_score) as engagement_score,
    reached.sql_at,
    reached.sao_at
from mqls
left join total on mqls.stage_transition_id = total.mql_id
left join part on mqls.stage_transition_id = part.mql_id
left join reached on mqls.stage_transition_id = reached.mql_id
