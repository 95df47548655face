"""Scores of people and of what they did: identity, accounts, consent, touchpoints."""

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

# Who may not be mailed by the last day, of those who are still there.
CONSENT = """
    with
    compared as (
        select coalesce(people.is_opted_out, false) as is_opted_out, coalesce(found.is_unsubscribed, false) as is_found
        from truth.people as people
        inner join person_of_truth as pairs on people.person_id = pairs.recoverable_person_id
        inner join marts.dim_people as found on pairs.person_id = found.person_id
        where not found.is_deleted
    )
    select 'recall of opt-outs' as subject, avg(is_found::int), count(*) filter (where is_found), count(*)
    from compared where is_opted_out having count(*) > 0
    union all
    select 'precision of opt-outs', avg(is_opted_out::int), count(*) filter (where is_opted_out), count(*)
    from compared where is_found having count(*) > 0
    order by subject desc
"""

# Visits without consent, by month and channel.
UNIDENTIFIED_TRAFFIC = """
    with
    found as (
        select date_trunc('month', traffic_date)::date as month_start_date, channel, sum(visit_count) as visit_count
        from marts.fct_unidentified_traffic
        group by all
    ),
    compared as (
        select coalesce(true_visits.visit_count = found.visit_count, false) as is_right
        from truth.unidentified_traffic as true_visits
        full join (from found where visit_count > 0) as found using (month_start_date, channel)
    )
    select 'visits a month and channel exact', avg(is_right::int), count(*) filter (where is_right), count(*)
    from compared having count(*) > 0
"""

# One touchpoint a touch, of its kind, whatever parts it has.
TOUCHPOINTS = """
    with
    recalled as (
        select touches.touch_kind, pairs.touchpoint_id is not null as is_found
        from truth.touches as touches
        left join touch_pairs as pairs
            on touches.touch_id = pairs.touch_id and pairs.is_same_person and pairs.place = 1
            and pairs.found_kind = touches.touch_kind
        where touches.is_recoverable
    ),
    -- What the truth calls unrecoverable and the warehouse has all the same is no invention; a second touchpoint of one
    -- touch is.
    invented as (
        select touchpoint_id, bool_or(coalesce(not is_recoverable or (is_same_person and place = 1), false)) as is_true
        from touch_pairs
        group by touchpoint_id
    )
    select 'recall of ' || replace(touch_kind, '_', ' ') as subject, avg(is_found::int) as value,
        count(*) filter (where is_found), count(*)
    from recalled
    group by touch_kind
    union all
    select 'channel of sessions exact', avg(is_right::int), count(*) filter (where is_right), count(*)
    from (
        select touchpoints.channel = touches.channel as is_right
        from touch_pairs as pairs
        inner join truth.touches as touches on pairs.touch_id = touches.touch_id
        inner join marts.fct_touchpoints as touchpoints on pairs.touchpoint_id = touchpoints.touchpoint_id
        where
            pairs.is_same_person and pairs.place = 1 and touches.is_recoverable
            and touches.touch_kind in ('session', 'direct_session')
    ) as compared
    having count(*) > 0
    union all
    select 'precision', avg(is_true::int), count(*) filter (where is_true), count(*) from invented
    order by subject desc
"""

# What people meant who said how they heard of the company; and nobody who said nothing.
SELF_REPORTED = """
    with
    meant as (
        select people.person_id, min(answers.meant_source) as meant_source
        from truth.self_reported_sources as answers
        inner join person_of_truth as people on answers.person_id = people.recoverable_person_id
        group by people.person_id
    ),
    judged as (
        select 'coded as meant, recall' as subject, coalesce(self_reported_source = meant_source, false) as is_right
        from meant left join intermediate.int_self_reported_sources using (person_id)
        union all
        select 'coded as meant, precision', coalesce(self_reported_source = meant_source, false)
        from intermediate.int_self_reported_sources left join meant using (person_id)
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from judged
    group by subject
    order by subject desc
"""
