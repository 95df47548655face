-- Grain: one row per campaign member and status that counts as a response, with the first instant of it that any of
-- the member's versions tells. A reset of the status takes back nothing.
with

versions as (
    select
        *,
        min(valid_from) over (partition by system, object, source_record_id) = valid_from as is_first_version
    from {{ ref('campaign_members') }}
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
        ) as response_position
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

-- Who had responded by the first version may have on joining; after a version without a response it was by the version
-- that has it. The day of a response has no time: it is when the member joined if that is the same day, else the day's
-- end. A later status than the first response has is known by its version alone, unless the system says when it was
-- reached.
dated as (
    select
        *,
        case
            when responded_at is not null then responded_at
            when response_position > 1 then valid_from
            when responded_date is null and is_first_version then coalesce(joined_at, valid_from)
            when responded_date is null then valid_from
            when {{ reporting_date('joined_at') }} = responded_date then joined_at
            else {{ day_end('responded_date') }}
        end as stated_at,
        responded_at is null and response_position = 1
        and coalesce({{ reporting_date('joined_at') }} <> responded_date, false) as is_day_end
    from responded
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
        min(case when is_day_end then {{ day_start('responded_date') }} else stated_at end) as touched_at,
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
