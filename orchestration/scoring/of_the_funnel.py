"""Scores of the funnel: stages, MQLs, opportunities, core counts."""

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

# What is known of each pass: `{is_right}` compares `passes` of the truth with `found`, the row of `{table}` at its MQL.
OF_PASSES = """
    select '{subject} exact' as subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from (
        select {is_right} as is_right
        from truth.mql_passes as passes
        left join person_of_truth as people on passes.person_id = people.recoverable_person_id
        left join {table} as found on people.person_id = found.person_id and passes.mql_at = found.mql_at
    ) as compared
    having count(*) > 0
"""

# How long sales took in office hours, pass by pass; null is an answer too: untouched, or touched before the MQL.
SPEED = OF_PASSES.format(
    subject="business seconds to the first touch",
    table="marts.fct_speed_to_lead",
    is_right="found.mql_pass_id is not null "
    "and round(found.business_hours * 3600) is not distinct from passes.business_seconds",
)


def score_at_mql(score: str, *, truth: str) -> str:
    """What stood at the MQL: `score` is a column of the warehouse, `truth` what it must be."""
    is_right = f"coalesce(found.{score} = {truth}, false)"
    return OF_PASSES.format(subject=score.replace("_", " "), table="intermediate.int_mql_scores", is_right=is_right)


# What became of the opportunities; a deleted, merged or copied one is none.
OPPORTUNITIES = """
    with
    live as (select * from truth.opportunities where not is_deleted),
    pairs as (
        select live.*, found.opportunity_id is not null as is_found, found.account_id as found_account_id,
            found.closed_at as found_closed_at, found.amount_usd as found_amount_usd
        from live left join marts.fct_opportunities as found using (opportunity_id)
    ),
    true_roles as (
        select roles.opportunity_id, people.person_id
        from truth.opportunity_people as roles
        inner join live using (opportunity_id)
        inner join person_of_truth as people on roles.person_id = people.recoverable_person_id
    ),
    found_roles as (
        select roles.opportunity_id, roles.person_id
        from intermediate.int_opportunity_people as roles
        inner join marts.fct_opportunities using (opportunity_id)
        where roles.is_held
    ),
    compared as (
        select 'recall' as subject, is_found as is_right from pairs
        union all
        select 'precision', opportunity_id in (select opportunity_id from live) from marts.fct_opportunities
        union all
        select 'account exact', coalesce(found_account_id = account_record_id, false) from pairs where is_found
        union all
        select 'instant of the close exact', found_closed_at is not distinct from closed_at from pairs where is_found
        union all
        select 'amount in US dollars exact', coalesce(abs(found_amount_usd - amount_usd) < 0.015, false)
        from pairs where is_found and not has_missing_rate
        union all
        select 'recall of roles', (opportunity_id, person_id) in (select (opportunity_id, person_id) from found_roles)
        from true_roles
        union all
        select 'precision of roles', (opportunity_id, person_id) in (select (opportunity_id, person_id) from true_roles)
        from found_roles
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*) from compared group by subject
    order by subject
"""

# Weeks off, summed, over the whole: what moves to the week beside counts twice.
CORE_COUNTS = """
    with
    counted as (
        select period_start_date as week_start_date, * from marts.fct_reconciliation where period_type = 'week'
    ),
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
    having sum(true_counts.value) > 0 and {holders}
    order by subject
"""

# Each record in the class that the truth has it in, class by class.
_CLASSES = """
    with
    found as (select record_id, reconciliation_class from {records}),
    judged as (
        select {told} || ', recall' as subject,
            coalesce(reconciliation_class = {told}, false) as is_right
        from truth.{truth} left join found using (record_id)
        union all
        select reconciliation_class || ', precision', coalesce(reconciliation_class = {told}, false)
        from found left join truth.{truth} using (record_id)
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from judged
    group by subject
    order by subject
"""
# People in MAP and CRM; won deals and standing bills.
RECONCILIATION_CLASSES = _CLASSES.format(
    records="marts.fct_reconciliation_records where entity = 'person'", truth="sync_records", told="sync_class"
)
BILLING_CLASSES = _CLASSES.format(records="marts.fct_billing_records", truth="billing_records", told="billing_class")

# Quarters whose revenue lay within the interval that should hold nine of ten.
FORECASTS = """
    select 'within the interval' as subject, avg(is_within_interval::int), count(*) filter (where is_within_interval),
        count(*)
    from marts.fct_revenue_forecasts
    where is_test and forecast_status = 'forecast'
    having count(*) > 0
"""

# Records that break a rule of hygiene, rule by rule, of those that the truth judges.
HYGIENE = """
    with
    found as (select rule, record_id from marts.fct_hygiene_findings),
    judged as (
        select rule || ', recall' as subject, (rule, record_id) in (from found) as is_right
        from truth.record_hygiene where is_broken
        union all
        select rule || ', precision', (rule, record_id) in (
            select (rule, record_id) from truth.record_hygiene where is_broken
        )
        from found
        where rule = 'member_campaign_delivered'
            or (rule, record_id) in (select (rule, record_id) from truth.record_hygiene)
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from judged
    group by subject
    order by subject
"""

# What no line of the bridge explains, over all periods.
BRIDGE = """
    select 'lines that explain nothing' as subject, count(*) filter (where line_value <> 0),
        count(*) filter (where line_value <> 0), count(*)
    from marts.fct_reconciliation_bridge
    where line_kind = 'unexplained'
    having count(*) > 0
"""
