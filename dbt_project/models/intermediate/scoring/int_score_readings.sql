-- Grain: one row per person record of an MQL, kind of score and instant at which a system told it.
-- A score's own log says when it changed; a version of the record says what it was then.
with

mql_people as (
    select distinct person_id from {{ ref('int_stage_transitions') }}
    where stage = 'mql' and not is_skipped
),

person_records as (select * from {{ ref('int_person_records') }}),

score_fields as (select * from {{ ref('score_fields') }}),

logged as (select * from {{ ref('score_readings') }}),

versions as (select * from {{ ref('people') }}),

scored as (
    select
        person_records.person_id,
        person_records.person_record_id,
        person_records.system
    from person_records
    inner join mql_people on person_records.person_id = mql_people.person_id
),

kinds as (select distinct score_kind from score_fields),

readings as (
    select
        logged.system,
        logged.person_record_id,
        score_fields.score_kind,
        logged.score,
        logged.read_at,
        true as is_logged,
        logged.source_record_id
    from logged
    inner join score_fields on logged.system = score_fields.system and logged.score_name = score_fields.score_name
    union all
    select
        versions.system,
        versions.person_record_id,
        kinds.score_kind,
        case kinds.score_kind
            when 'total' then versions.total_score
            when 'fit' then versions.fit_score
            else versions.engagement_score
        end,
        versions.valid_from,
        false,
        ''
    from versions
    cross join kinds
),

-- Of one instant the log comes before the version, and its later entry before the earlier.
ranked as (
    select
        scored.person_id,
        scored.person_record_id,
        readings.system,
        readings.score_kind,
        readings.score,
        readings.read_at,
        readings.is_logged,
        row_number() over (
            partition by scored.person_record_id, readings.score_kind, readings.read_at
            order by readings.is_logged desc, readings.source_record_id desc, readings.score desc
        ) as reading_position
    from readings
    inner join scored on readings.person_record_id = scored.person_record_id
    where readings.score is not null and readings.read_at <= {{ as_of() }}
)

select
    person_id,
    person_record_id,
    system,
    score_kind,
    score,
    read_at,
    is_logged
from ranked
where reading_position = 1
