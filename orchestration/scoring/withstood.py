"""Which injected faults the numbers withstand: no mart names them, so what they touch is looked at one by one.

Each query gives the fault's kind, its record and whether what the truth says of it is what the warehouse says. The
temporary tables are those of `preparation`.
"""

from orchestration.scoring import withstood_dirt

# A stage that an overwritten, cleared or unlogged value stands for, at its instant.
STAGES = """
    select faults.fault_kind, faults.record_id, coalesce(bool_or(pairs.is_found and pairs.error_hours = 0), false)
    from truth.injected_faults as faults
    left join stage_pairs as pairs
        on faults.person_id = pairs.person_id
        and pairs.transition_at = faults.occurred_at
        and pairs.stage = case faults.fault_kind when 'status_without_history' then faults.detail else 'mql' end
    where faults.fault_kind in ('stamp_overwritten', 'stamp_cleared', 'status_without_history')
    group by faults.fault_kind, faults.record_id, faults.occurred_at
"""

# Whoever was given a role after the close reached its stages then, and nobody by a role taken away before.
ROLES = """
    select faults.fault_kind, faults.record_id || ' ' || faults.person_id,
        coalesce(bool_and(pairs.is_found and (pairs.error_hours = 0 or pairs.is_to_the_day)), false)
    from truth.injected_faults as faults
    left join stage_pairs as pairs
        on faults.person_id = pairs.person_id and pairs.stage in ('sao', 'won', 'lost')
        and pairs.transition_at = faults.occurred_at
    where faults.fault_kind = 'role_added_later'
    group by all
    union all
    select faults.fault_kind, faults.record_id || ' ' || faults.person_id, not exists (
        select 1
        from intermediate.int_opportunity_people as roles
        inner join person_of_truth as people on roles.person_id = people.person_id
        where
            roles.opportunity_id = faults.record_id and roles.is_held
            and people.recoverable_person_id = faults.person_id
    )
    from truth.injected_faults as faults
    where faults.fault_kind = 'role_removed'
"""

OPPORTUNITIES = """
    select
        faults.fault_kind, faults.record_id,
        case faults.fault_kind
            when 'deal_moved' then coalesce(found.account_id = faults.related_record_id, false)
            else coalesce(found.is_won and found.closed_at = faults.occurred_at, false)
        end
    from truth.injected_faults as faults
    left join marts.fct_opportunities as found on faults.record_id = found.opportunity_id
    where faults.fault_kind in ('deal_moved', 'won_without_closing_row')
    union all
    select
        faults.fault_kind, faults.record_id,
        coalesce(found.account_id = faults.related_record_id, false)
        and faults.record_id not in (select account_id from marts.dim_accounts)
    from truth.injected_faults as faults
    left join marts.fct_opportunities as found on faults.detail = found.opportunity_id
    where faults.fault_kind = 'merged_account'
    union all
    select
        faults.fault_kind, faults.record_id,
        faults.record_id not in (select opportunity_id from marts.fct_opportunities)
        and (
            faults.related_record_id in (select opportunity_id from marts.fct_opportunities)
            or faults.related_record_id in (select opportunity_id from truth.opportunities where is_deleted)
        )
    from truth.injected_faults as faults
    where faults.fault_kind in ('merged_deal', 'synced_deal')
    union all
    select faults.fault_kind, faults.record_id, faults.record_id not in (select account_id from marts.dim_accounts)
    from truth.injected_faults as faults
    where faults.fault_kind = 'synced_account'
"""

# What a connector says is deleted, and what a whole delivery no longer holds.
ABSENCE = """
    select
        faults.fault_kind, faults.record_id,
        case faults.object
            when 'opportunity' then faults.record_id not in (select opportunity_id from marts.fct_opportunities)
            else coalesce(records.is_deleted, false)
        end
    from truth.injected_faults as faults
    left join intermediate.int_person_records as records on faults.record_id = records.person_record_id
    where faults.fault_kind = 'deleted_by_connector'
    union all
    select faults.fault_kind, faults.record_id, coalesce(not owners.is_active, false)
    from truth.injected_faults as faults
    left join marts.dim_owners as owners on faults.record_id = owners.owner_id
    where faults.fault_kind = 'absent_from_snapshot' and faults.object = 'owners'
    union all
    select
        faults.fault_kind, faults.record_id,
        bool_and(coalesce(abs(found.amount_usd - deals.amount_usd) < 0.015, false))
    from truth.injected_faults as faults
    inner join truth.opportunities as deals
        on split_part(faults.record_id, ':', 1) = deals.currency_code
        and deals.created_at >= split_part(faults.record_id, ':', 2)::date
        and deals.created_at < faults.occurred_at
        and not deals.is_deleted and not deals.has_missing_rate
    left join marts.fct_opportunities as found on deals.opportunity_id = found.opportunity_id
    where faults.fault_kind = 'absent_from_snapshot' and faults.object = 'dated_conversion_rate'
    group by all
"""

TOUCHES = """
    with
    counted as (
        select touch_id, count(*) as touchpoint_count, bool_or(is_same_person and found_kind = touch_kind) as is_found
        from touch_pairs
        group by touch_id
    )
    select faults.fault_kind, faults.record_id, coalesce(bool_or(counted.is_found), false)
    from truth.injected_faults as faults
    inner join truth.touches as touches
        on faults.person_id = touches.person_id and faults.related_record_id = touches.campaign
        and touches.touch_kind in ('campaign_response', 'webinar_attendance')
    left join counted using (touch_id)
    where faults.fault_kind = 'membership_reset'
    group by all
    union all
    select
        faults.fault_kind, faults.record_id,
        coalesce(bool_or(counted.is_found and counted.touchpoint_count = 1), false)
    from truth.injected_faults as faults
    inner join truth.touches as touches
        on faults.person_id = touches.person_id and faults.record_id = touches.source_record_id
    left join counted using (touch_id)
    where faults.fault_kind = 'visit_in_parts'
    group by all
"""

# The first touch is a human's, and was made: of every MQL of whoever has an open note, a meeting that nobody came to
# or a task of a machine.
SALES = """
    select faults.fault_kind, faults.record_id,
        -- What sales did before the MQL is no touch of it.
        bool_and(speed.first_touch_at is not distinct from case
            when passes.first_touch_at >= passes.mql_at then passes.first_touch_at
        end)
    from truth.injected_faults as faults
    inner join truth.mql_passes as passes on faults.person_id = passes.person_id
    left join person_of_truth as people on passes.person_id = people.recoverable_person_id
    left join marts.fct_speed_to_lead as speed on people.person_id = speed.person_id and passes.mql_at = speed.mql_at
    where faults.fault_kind in ('automated_task', 'missed_meeting', 'open_reminder', 'profiled_task')
    group by all
"""

# A file without the column takes nobody's opt-out back; a resubscription does.
CONSENT = """
    with
    known as (
        select people.person_id, people.opted_out_at, people.is_opted_out, bool_or(found.is_unsubscribed) as is_found
        from truth.people as people
        inner join person_of_truth as pairs on people.person_id = pairs.recoverable_person_id
        inner join marts.dim_people as found on pairs.person_id = found.person_id
        where people.opted_out_at is not null and not found.is_deleted
        group by all
    ),
    delivered as (
        select 'marketo:lead:' || id as person_record_id, _source_file from raw_marketo.leads
        union all
        select 'hubspot:contact:' || id, _source_file from raw_hubspot.contacts
        union all
        select 'pardot:prospect:' || id, _source_file from raw_pardot.prospect
        union all
        select 'salesforce:lead:' || id, _source_file from raw_salesforce.lead
        union all
        select 'salesforce:contact:' || id, _source_file from raw_salesforce.contact
    )
    select faults.fault_kind, faults.record_id, not known.is_found
    from truth.injected_faults as faults
    inner join known on faults.person_id = known.person_id
    where faults.fault_kind = 'resubscription'
    union all
    select faults.fault_kind, faults.record_id, bool_and(known.is_found)
    from truth.injected_faults as faults
    inner join delivered on faults.record_id = delivered._source_file
    inner join truth.person_records as records on delivered.person_record_id = records.person_record_id
    inner join known on records.person_id = known.person_id
    where
        faults.fault_kind = 'missing_column' and known.is_opted_out
        and known.opted_out_at < faults.occurred_at
    group by all
"""

KINDS = (
    "absent_from_snapshot", "automated_task", "deal_moved", "deleted_by_connector", "membership_reset",
    "merged_account", "merged_deal", "missed_meeting", "missing_column", "open_reminder", "profiled_task",
    "resubscription", "role_added_later",
    "role_removed", "stamp_cleared", "stamp_overwritten", "status_without_history", "synced_account", "synced_deal",
    "visit_in_parts", "won_without_closing_row", *withstood_dirt.KINDS,
)  # fmt: skip

_JUDGED = "\n    union all\n".join(
    f"select * from ({sql}) as part{number}(fault_kind, record_id, is_right)"
    for number, sql in enumerate(
        (STAGES, ROLES, OPPORTUNITIES, ABSENCE, TOUCHES, SALES, CONSENT, *withstood_dirt.QUERIES)
    )
)
# Per kind the share of its records on which the warehouse is right.
WITHSTOOD = f"""
    select fault_kind, avg(is_right::int), count(*) filter (where is_right), count(*)
    from ({_JUDGED}) as judged
    group by fault_kind
    order by fault_kind
"""
