"""How near the warehouse comes to the truth: one query per score, over `truth.*` and the warehouse's own schemas.

Each query returns rows of (subject, value, matched, total): what is measured, the score, and the two counts behind it
(null where the score is no share). A record or touch that the truth marks as not recoverable is never asked for.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A family of scores: `limit` is the floor of every subject, or the ceiling where less is better; None is none."""

    family: str
    sql: str
    limit: float | None
    is_ceiling: bool = False


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
    select distinct true_id as recoverable_person_id, found_id as person_id from person_of_record where is_known;

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
"""

# Pairs of records held to be one person; a group of n records holds n (n - 1) / 2.
IDENTITY = """
    with
    groups as (select true_id, found_id, count(*) as n from person_of_record group by all),
    pairs as (
        select
            (select sum(n * (n - 1) // 2) from groups) as right_pairs,
            (select sum(n * (n - 1) // 2) from (select sum(n) as n from groups group by found_id)) as found_pairs,
            (select sum(n * (n - 1) // 2) from (select sum(n) as n from groups group by true_id)) as true_pairs
    )
    select 'precision', right_pairs / found_pairs, right_pairs, found_pairs from pairs
    union all
    select 'recall', right_pairs / true_pairs, right_pairs, true_pairs from pairs
    union all
    select 'F1', 2 * right_pairs / (found_pairs + true_pairs), null, null from pairs
"""

ACCOUNT_MATCH = """
    with
    matched as (
        select
            people.is_account_recoverable,
            people.account_record_id as true_account_id,
            found.account_id as found_account_id
        from person_of_record as records
        inner join truth.people as people on records.true_person_id = people.person_id
        inner join marts.dim_people as found on records.found_id = found.person_id
        where records.is_known and records.record_type <> 'web_client'
    ),
    counted as (
        select
            count(*) filter (where found_account_id = true_account_id) as right_count,
            count(found_account_id) as found_count,
            count(*) filter (where is_account_recoverable and found_account_id = true_account_id) as recovered_count,
            count(*) filter (where is_account_recoverable) as recoverable_count
        from matched
    )
    select 'precision', right_count / found_count, right_count, found_count from counted
    union all
    select 'recall', recovered_count / recoverable_count, recovered_count, recoverable_count from counted
"""

# A stamp is found at its very instant, an inference within a day.
STAGES = """
    with
    recalled as (
        select unnest(['recall', if(is_first, 'recall of first entries', 'recall of later entries')]) as subject,
            is_found and (evidence = 'inferred' or error_hours = 0) as is_right
        from stage_pairs
    ),
    -- What the truth calls unrecoverable and the warehouse has all the same is no invention.
    invented as (
        select exists (
            from truth.stage_transitions as transitions
            inner join person_of_truth as people using (recoverable_person_id)
            where people.person_id = found.person_id
                and transitions.stage = found.stage
                and abs(epoch(transitions.transition_at) - epoch(found.entered_at)) <= 86400
        ) as is_right
        from intermediate.int_stage_transitions as found
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from (select * from recalled union all select 'precision', is_right from invented) as judged
    group by subject
    order by subject
"""

STAGE_TIMES = """
    select evidence || ', instant exact' as subject, avg((error_hours = 0)::int),
        count(*) filter (where error_hours = 0), count(*)
    from stage_pairs
    where is_found and not is_to_the_day
    group by evidence
    order by subject desc
"""

STAGE_TIME_ERRORS = """
    select evidence || ', 99th percentile of the error in hours' as subject,
        quantile_cont(error_hours, 0.99), null, null
    from stage_pairs
    where is_found and not is_to_the_day
    group by evidence
    order by subject desc
"""

# Marks that both sides set, of those that either did.
STAGE_MARKS = """
    with
    marks as (
        select 'backward moves' as subject, is_backward and found_backward as is_right
        from stage_pairs where is_found and (is_backward or found_backward)
        union all
        select 'skipped stages', is_skipped and found_skipped
        from stage_pairs where is_found and (is_skipped or found_skipped)
        union all
        select 'reasons', coalesce(reason = found_reason, false)
        from stage_pairs where is_found and coalesce(reason, found_reason) is not null
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from marks
    group by subject
    order by subject
"""

# The truth lists interactions, of which a visit may have several: each must be a part of some touchpoint. A response is
# known by its campaign, as MAP and CRM each have a membership record of their own.
TOUCHPOINTS = """
    with
    found as (
        select
            parts.touchpoint_id,
            parts.part_kind as touch_kind,
            parts.person_id,
            case
                when parts.part_kind in ('campaign_response', 'webinar_attendance')
                    then campaigns.utm_campaign
                when sessions.session_id is not null
                    then sessions.client_id || ':' || epoch(sessions.session_start_at)::bigint
                else parts.source_record_id
            end as evidence
        from marts.fct_touchpoint_parts as parts
        inner join marts.fct_touchpoints as touchpoints using (touchpoint_id)
        left join marts.fct_sessions as sessions on parts.source_record_id = sessions.session_id
        left join marts.dim_campaigns as campaigns on touchpoints.campaign_id = campaigns.campaign_id
    ),
    true_touches as (
        select
            touches.touch_id,
            touches.touch_kind,
            touches.is_recoverable,
            people.person_id,
            case
                when touches.touch_kind in ('campaign_response', 'webinar_attendance') then touches.campaign
                else touches.source_record_id
            end as evidence
        from truth.touches as touches
        left join person_of_truth as people on touches.person_id = people.recoverable_person_id
    ),
    recalled as (
        select true_touches.touch_kind, found.touchpoint_id is not null as is_found
        from true_touches
        left join found using (touch_kind, person_id, evidence)
        where true_touches.is_recoverable
    ),
    -- What the truth calls unrecoverable and the warehouse has all the same is no invention.
    known_evidence as (select distinct touch_kind, evidence from true_touches),
    invented as (
        select found.touch_kind, known_evidence.evidence is not null as is_true
        from found
        left join known_evidence using (touch_kind, evidence)
    )
    select 'recall of ' || replace(touch_kind, '_', ' ') as subject, avg(is_found::int) as value,
        count(*) filter (where is_found), count(*)
    from recalled
    group by touch_kind
    union all
    select 'precision', avg(is_true::int), count(*) filter (where is_true), count(*) from invented
    order by subject desc
"""

# Weeks off, summed, over the whole: what moves to the week beside counts twice.
CORE_COUNTS = """
    with
    counted as (select period_start_date as week_start_date, * from marts.fct_reconciliation),
    found as (
        select week_start_date, core_count, 'mart' as holder, mart_value as value from counted
        union all
        select week_start_date, core_count, 'map', map_value from counted where map_value is not null
        union all
        select week_start_date, core_count, 'crm', crm_value from counted where crm_value is not null
    ),
    -- Nobody can convert the money of a day without a rate.
    unconvertible as (
        select 'pipeline_amount' as core_count, date_trunc('week', created_at)::date as week_start_date
        from truth.opportunities
        where has_missing_rate
        union
        select 'won_amount', date_trunc('week', closed_at)::date
        from truth.opportunities
        where has_missing_won_rate and is_won
    ),
    true_counts as (
        select week_start_date, core_count, system_role as holder, value from truth.core_counts
    )
    select
        true_counts.core_count || ' of the ' || true_counts.holder as subject,
        sum(abs(true_counts.value - coalesce(found.value, 0))) / sum(true_counts.value) as error,
        sum(coalesce(found.value, 0)),
        sum(true_counts.value)
    from (
        select week_start_date, core_count, holder, sum(value) as value
        from (
            select * from true_counts
            union all
            -- A week that the truth has nothing for counts in full.
            select week_start_date, core_count, holder, 0 from found
            where holder in (select holder from true_counts)
        ) as weeks
        anti join unconvertible using (core_count, week_start_date)
        group by all
    ) as true_counts
    left join found using (week_start_date, core_count, holder)
    group by true_counts.core_count, true_counts.holder
    having sum(true_counts.value) > 0
    order by subject
"""

# What stood at the MQL, and how long sales took in office hours, pass by pass.
MQLS = """
    with
    passes as (
        select
            passes.*,
            scores.fit_score,
            scores.engagement_score,
            speed.mql_pass_id is not null as is_found,
            round(speed.business_hours * 3600) as found_seconds
        from truth.mql_passes as passes
        left join person_of_truth as people on passes.person_id = people.recoverable_person_id
        left join intermediate.int_mql_scores as scores
            on people.person_id = scores.person_id and passes.mql_at = scores.mql_at
        left join marts.fct_speed_to_lead as speed
            on people.person_id = speed.person_id and passes.mql_at = speed.mql_at
    ),
    compared as (
        select 'fit score exact' as subject, coalesce(fit_score = fit, false) as is_right from passes
        union all
        select 'engagement score exact', coalesce(engagement_score = engagement, false) from passes
        union all
        -- Null is an answer too: untouched, or touched before the MQL.
        select
            'business seconds to the first touch exact',
            is_found and found_seconds is not distinct from business_seconds
        from passes
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*) from compared group by subject
    order by subject
"""

MEASURES = (
    Measure("identity", IDENTITY, None),
    Measure("account match", ACCOUNT_MATCH, 0.99),
    Measure("stage transitions", STAGES, 0.99),
    Measure("stage transitions", STAGE_TIMES, 0.99),
    Measure("stage transitions", STAGE_TIME_ERRORS, 1.0, is_ceiling=True),
    Measure("stage transitions", STAGE_MARKS, 0.95),
    Measure("MQLs", MQLS, 0.99),
    Measure("touchpoints", TOUCHPOINTS, 0.99),
    Measure("core counts, error", CORE_COUNTS, 0.01, is_ceiling=True),
)
# Floors that differ from their family's.
LIMITS = {
    ("identity", "precision"): 0.999,
    ("identity", "recall"): 0.98,
    ("identity", "F1"): 0.995,
}
