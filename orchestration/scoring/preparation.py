"""What several scores stand on: whose records are whose, and which found row is which true one."""

# Which person of the warehouse a person of the truth is: that of the records that evidence ties to them.
PREPARATION = """
    create or replace temp table person_of_record as
    select
        records.person_record_id,
        records.person_id as true_person_id,
        -- Two browsers that never named anyone show nobody that they are one person's.
        case when people.known_at is null then records.person_record_id else records.recoverable_person_id end
            as true_id,
        coalesce(found.person_id, records.person_record_id) as found_id,
        records.record_type,
        people.known_at is not null as is_known
    from truth.person_records as records
    inner join truth.people as people on records.person_id = people.person_id
    left join intermediate.int_person_records as found on records.person_record_id = found.person_record_id;

    create or replace temp table person_of_truth as
    select distinct true_id as recoverable_person_id, found_id as person_id
    from person_of_record where is_known and record_type <> 'web_client';

    -- Each true transition with the nearest found one of its stage, at most a day off.
    create or replace temp table stage_pairs as
    select
        transitions.*,
        found.stage_transition_id is not null as is_found,
        abs(epoch(transitions.transition_at) - epoch(found.entered_at)) / 3600 as error_hours,
        found.is_skipped as found_skipped,
        found.is_backward as found_backward,
        found.reason as found_reason
    from truth.stage_transitions as transitions
    left join person_of_truth as people using (recoverable_person_id)
    left join intermediate.int_stage_transitions as found
        on people.person_id = found.person_id
        and transitions.stage = found.stage
        and abs(epoch(transitions.transition_at) - epoch(found.entered_at)) <= 86400
    where transitions.is_recoverable and not transitions.is_of_deleted
    qualify
        row_number() over (
            partition by recoverable_person_id, transitions.stage, transition_at, transitions.pass_number
            order by error_hours nulls last
        ) = 1;

    -- Each found touchpoint with the touch that it is a part of; a response is known by its campaign, as MAP and CRM
    -- each have a membership record of their own.
    create or replace temp table touch_pairs as
    with
    found as (
        select
            touchpoints.touchpoint_id,
            touchpoints.touchpoint_kind,
            touchpoints.person_id,
            case
                when touchpoints.touchpoint_kind in ('campaign_response', 'webinar_attendance')
                    then campaigns.utm_campaign
                when sessions.session_id is not null
                    then sessions.client_id || ':' || epoch(sessions.session_start_at)::bigint
                else touchpoints.source_record_id
            end as evidence
        from marts.fct_touchpoints as touchpoints
        left join marts.fct_sessions as sessions on touchpoints.source_record_id = sessions.session_id
        left join marts.dim_campaigns as campaigns on touchpoints.campaign_id = campaigns.campaign_id
    ),
    parts as (
        select
            touches.*,
            people.person_id as found_person_id,
            case
                when parts.part_kind in ('campaign_response', 'webinar_attendance') then parts.campaign
                else parts.source_record_id
            end as evidence
        from truth.touches as touches
        inner join truth.touch_parts as parts using (touch_id)
        left join person_of_truth as people on touches.person_id = people.recoverable_person_id
    )
    select
        found.touchpoint_id,
        found.touchpoint_kind as found_kind,
        parts.touch_id,
        parts.touch_kind,
        parts.is_recoverable,
        parts.found_person_id = found.person_id as is_same_person,
        row_number() over (
            partition by parts.touch_id, parts.found_person_id = found.person_id
            order by found.touchpoint_kind <> parts.touch_kind, found.touchpoint_id
        ) as place
    from found
    left join parts
        on found.evidence = parts.evidence
        and (
            found.touchpoint_kind in ('campaign_response', 'webinar_attendance')
            = (parts.touch_kind in ('campaign_response', 'webinar_attendance'))
        )
        and (
            found.touchpoint_kind not in ('campaign_response', 'webinar_attendance')
            or parts.found_person_id = found.person_id
        );
"""
