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

KINDS = ("cookie_prefix", "placeholder_id")
QUERIES = (IDENTITY,)
