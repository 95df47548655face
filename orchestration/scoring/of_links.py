"""Scores of what links mean: the campaign that was meant where one was misspelled, in capitals or with markup."""

# A suggestion for a link that was right is wrong, whatever it says.
REPAIRS = """
    with
    meant as (
        select distinct record_id, related_record_id as campaign
        from truth.injected_faults
        where
            related_record_id is not null
            and (
                fault_kind in ('utm_typo', 'hostile_utm')
                or (fault_kind = 'utm_case_drift' and detail = 'utm_campaign')
            )
    ),
    suggested as (
        select
            tags.client_id || ':' || epoch(tags.session_start_at)::bigint as record_id,
            min(tags.session_id) as session_id,
            min(findings.suggested_value) as campaign,
            min(findings.repair_kind) as repair_kind,
            bool_or(findings.is_repair_applied) as is_applied
        from intermediate.int_session_tags as tags
        inner join intermediate.int_taxonomy_findings as findings using (field, value, judged_on)
        where tags.field = 'utm_campaign' and findings.suggested_value is not null
        group by all
    ),
    compared as (
        select
            meant.campaign as meant_campaign,
            suggested.campaign as suggested_campaign,
            suggested.repair_kind,
            suggested.is_applied,
            suggested.campaign is not distinct from meant.campaign as is_right,
            sessions.campaign is not distinct from meant.campaign as is_right_in_mart
        from meant
        full join suggested using (record_id)
        left join marts.fct_sessions as sessions using (session_id)
    ),
    counted as (
        select 'recall' as subject, 1 as place, is_right from compared where meant_campaign is not null
        union all
        select 'precision', 2, is_right from compared where suggested_campaign is not null
        union all
        select 'precision, ' || repair_kind, 3, is_right from compared where suggested_campaign is not null
        union all
        select 'precision of what is applied', 4, is_right_in_mart from compared where is_applied
    )
    select subject, avg(is_right::int), count(*) filter (where is_right), count(*)
    from counted
    group by subject, place
    order by place, subject
"""
