-- Grain: one row per campaign member and status that counts as a response, with the first instant of it that any of
-- the member's versions tells. A reset of the status takes back nothing.
with

members as (select * from {{ ref('campaign_members') }}),

meanings as (
    select
        system,
        {{ value_spelling('member_status') }} as status_spelling,
        max(case when has_responded then 1 else 0 end) = 1 as has_responded
    from {{ ref('member_statuses') }}
    group by system, {{ value_spelling('member_status') }}
),

spelled as (select *, {{ value_spelling('member_status') }} as status_spelling from members),

-- What a version does not say of itself another of the member with that status may, else the status says it.
told as (
    select
        *,
        max(case when has_responded then 1 when not has_responded then 0 end) over (
            partition by system, object, source_record_id, status_spelling
        ) as told_of_status
    from spelled
),

versions as (
    select
        told.system,
        told.object,
        told.source_record_id,
        told.person_record_id,
        told.campaign_id,
        told.event_name,
        told.event_type,
        told.member_status,
        coalesce(told.has_responded, told.told_of_status = 1, meanings.has_responded) as has_responded,
        told.responded_at,
        told.responded_date,
        told.joined_at,
        told.is_deleted,
        told.valid_from
    from told
    left join meanings on told.system = meanings.system and told.status_spelling = meanings.status_spelling
),

gone as (
    select
        system,
        object,
        source_record_id
    from versions
    group by system, object, source_record_id
    having coalesce({{ newest_known('is_deleted') }}, false)
),

responded as (
    select
        versions.*,
        row_number() over (
            partition by versions.system, versions.object, versions.source_record_id order by versions.valid_from
        ) as response_position,
        min(versions.responded_date) over (
            partition by versions.system, versions.object, versions.source_record_id
        ) as first_told_date
    from versions
    left join gone
        on
            versions.system = gone.system
            and versions.object = gone.object
            and versions.source_record_id = gone.source_record_id
    where
        gone.source_record_id is null
        and (versions.has_responded or versions.responded_date is not null or versions.responded_at is not null)
),

-- The day of a response may be told by a later version than the response.
stamped as (
    select
        *,
        coalesce(
            responded_date, case when first_told_date <= {{ reporting_date('valid_from') }} then first_told_date end
        ) as response_date
    from responded
),

-- A response without a stamp is dated by the first version that has it. The day of a response has no time: it is when
-- the member joined if that is the same day, else the day's end. A later status than the first response has is known by
-- its version alone, unless the system says when it was reached.
dated as (
    select
        *,
        case
            when responded_at is not null then responded_at
            when response_position > 1 or response_date is null then valid_from
            when {{ reporting_date('joined_at') }} = response_date then joined_at
            else {{ day_end('response_date') }}
        end as stated_at,
        responded_at is null and response_position = 1
        and coalesce({{ reporting_date('joined_at') }} <> response_date, false) as is_day_end
    from stamped
),

statuses as (
    select
        system,
        object,
        source_record_id,
        coalesce(member_status, '') as member_status,
        max(person_record_id) as person_record_id,
        max(campaign_id) as campaign_id,
        max(event_name) as event_name,
        max(event_type) as event_type,
        min(stated_at) as responded_at,
        min(case when is_day_end then {{ day_start('response_date') }} else stated_at end) as touched_at,
        max(case when responded_at is null then 1 else 0 end) = 1 as is_day_only
    from dated
    -- Who is set back has responded, but not with the status that was set.
    where response_position = 1 or coalesce(has_responded, true)
    group by system, object, source_record_id, coalesce(member_status, '')
)

select
    *,
    row_number() over (
        partition by system, object, source_record_id order by responded_at, member_status
    ) = 1 as is_first_response
from statuses
