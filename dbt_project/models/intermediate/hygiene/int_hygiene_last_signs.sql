-- Grain: one row per person record or opportunity record, with when anything last happened to it.
-- Of a person: a change of the record, or anything that the human or sales did. Of an opportunity: a logged move, or
-- sales at work with somebody who has a role on it; where no log tells of moves, any change of the record may be one.
with

person_records as (select * from {{ ref('int_person_records') }}),

opportunities as (select * from {{ ref('int_opportunity_records') }}),

opportunity_changes as (select * from {{ ref('opportunity_changes') }} where changed_at <= {{ as_of() }}),

roles as (
    select * from {{ ref('opportunity_roles') }}
    where is_newest and not coalesce(is_deleted, false)
),

touches as (select * from {{ ref('int_human_touches') }}),

engaged as (select * from {{ ref('int_hygiene_last_engagements') }}),

signs as (
    select person_id, last_engaged_at as sign_at from engaged
    union all
    select person_records.person_id, touches.occurred_at
    from touches
    inner join person_records on touches.person_record_id = person_records.person_record_id
),

signs_of_people as (
    select person_id, max(sign_at) as last_sign_at
    from signs
    group by person_id
),

logs as (select distinct system from opportunity_changes),

moves as (
    select opportunity_id, max(changed_at) as last_move_at
    from opportunity_changes
    group by opportunity_id
),

touches_of_roles as (
    select roles.opportunity_id, max(touches.occurred_at) as last_touch_at
    from roles
    inner join touches on roles.person_record_id = touches.person_record_id
    group by roles.opportunity_id
)

select
    'person_record' as record_kind,
    person_records.person_record_id as record_id,
    greatest(
        person_records.created_at, person_records.updated_at, signs_of_people.last_sign_at
    ) as last_sign_at
from person_records
left join signs_of_people on person_records.person_id = signs_of_people.person_id
union all
select
    'opportunity',
    opportunities.opportunity_record_id,
    greatest(
        opportunities.created_at, moves.last_move_at, touches_of_roles.last_touch_at,
        case when logs.system is null then opportunities.updated_at end
    )
from opportunities
left join logs on opportunities.system = logs.system
left join moves on opportunities.opportunity_record_id = moves.opportunity_id
left join touches_of_roles on opportunities.opportunity_record_id = touches_of_roles.opportunity_id
