"""Which dirty values the numbers withstand, one by one; the queries are shaped as those of `withstood`."""

# A word for nothing unites nobody, and a cookie is its browser's with its prefix or without.
IDENTITY = """
    with
    crowds as (
        select found_id from person_of_record group by found_id having count(distinct true_person_id) > 1
    )
    select faults.fault_kind, faults.record_id, records.found_id not in (from crowds)
    from truth.injected_faults as faults
    inner join person_of_record as records on faults.record_id = records.person_record_id
    where faults.fault_kind = 'placeholder_id'
    union all
    select faults.fault_kind, faults.record_id, coalesce(clients.found_id = records.found_id, false)
    from truth.injected_faults as faults
    inner join person_of_record as records on faults.record_id = records.person_record_id
    left join person_of_record as clients on faults.related_record_id = clients.person_record_id
    where faults.fault_kind = 'cookie_prefix'
"""

# What a log-in or a payment lies in the middle of is one visit, of the channel that it began with.
VISITS = """
    select
        faults.fault_kind, faults.record_id,
        count(*) = 1
        and coalesce(bool_or(
            date_trunc('second', sessions.session_start_at) = faults.occurred_at and sessions.channel = faults.detail
        ), false)
    from truth.injected_faults as faults
    left join marts.fct_sessions as sessions
        on split_part(faults.record_id, ':', 1) = sessions.client_id
        and sessions.session_start_at between faults.occurred_at and faults.occurred_at + interval 10 minute
    where faults.fault_kind = 'excluded_referrer'
    group by faults.fault_kind, faults.record_id
"""

# Of two systems that tell of one MQL the one with a time of day says when.
STAMPS = """
    select faults.fault_kind, faults.record_id, coalesce(bool_or(pairs.is_found and pairs.error_hours = 0), false)
    from truth.injected_faults as faults
    left join stage_pairs as pairs
        on faults.person_id = pairs.person_id and pairs.transition_at = faults.occurred_at and pairs.stage = 'mql'
    where faults.fault_kind = 'day_stamp'
    group by faults.fault_kind, faults.record_id, faults.occurred_at
"""

# Rows finer than the key add up, and an odd file loads as a plain one does: every row but those that nobody could read.
FILES = """
    select
        faults.fault_kind, faults.record_id,
        coalesce(abs(spent.amount - faults.detail::decimal(18, 2)) < 0.005, false)
    from truth.injected_faults as faults
    left join (
        select ad_platform || ':' || spend_date as record_id, sum(amount) as amount from marts.fct_ad_spend group by all
    ) as spent on faults.record_id = spent.record_id
    where faults.fault_kind in ('finer_spend', 'spend_read_again')
    union all
    select
        faults.fault_kind, faults.record_id,
        coalesce(bool_or(
            ledger.read_row_count = ledger.loaded_row_count + ledger.quarantined_row_count
            and ledger.loaded_row_count = split_part(faults.detail, ' ', 2)::bigint
        ), false)
    from truth.injected_faults as faults
    left join marts.fct_load_ledger as ledger on faults.record_id = ledger.source_file
    where faults.fault_kind = 'odd_file'
    group by faults.fault_kind, faults.record_id
"""

# Who lives nowhere known is in no territory; a status or stage that nobody declared moves nobody.
WORDS = """
    select faults.fault_kind, faults.record_id, coalesce(bool_and(people.territory = 'unknown'), false)
    from truth.injected_faults as faults
    left join person_of_truth as pairs on faults.person_id = pairs.recoverable_person_id
    left join marts.dim_people as people on pairs.person_id = people.person_id
    where faults.fault_kind = 'unknown_country'
    group by faults.fault_kind, faults.record_id
    union all
    select faults.fault_kind, faults.record_id, bool_and(transitions.person_id is null)
    from truth.injected_faults as faults
    left join person_of_truth as pairs on faults.person_id = pairs.recoverable_person_id
    left join intermediate.int_stage_transitions as transitions
        on pairs.person_id = transitions.person_id and faults.occurred_at = transitions.entered_at
    where faults.fault_kind = 'unknown_status'
    group by faults.fault_kind, faults.record_id
    union all
    select
        faults.fault_kind, faults.record_id,
        coalesce(found.is_stage_known and found.closed_at is not distinct from deals.closed_at, false)
    from truth.injected_faults as faults
    inner join truth.opportunities as deals on faults.record_id = deals.opportunity_id
    left join marts.fct_opportunities as found on faults.record_id = found.opportunity_id
    where faults.fault_kind = 'unknown_stage'
"""

KINDS = (
    "cookie_prefix",
    "day_stamp",
    "excluded_referrer",
    "finer_spend",
    "odd_file",
    "placeholder_id",
    "spend_read_again",
    "unknown_country",
    "unknown_stage",
    "unknown_status",
)
QUERIES = (IDENTITY, VISITS, STAMPS, FILES, WORDS)
