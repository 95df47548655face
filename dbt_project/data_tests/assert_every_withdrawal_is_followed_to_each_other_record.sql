-- A withdrawal has a row for each other live record of its person, or one that says there is none.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A withdrawal of consent is not followed to every record of its person, so mail may still go out '
        ~ 'unseen.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

withdrawals as (select * from {{ ref('fct_consent_ledger') }} where consent = 'withdrawn'),

conversions as (select * from {{ ref('int_identity_edges') }} where edge_kind = 'conversion'),

records as (
    select * from {{ ref('int_person_records') }}
    where
        is_delivered and not is_deleted and not is_merged_away
        and person_record_id not in (select conversions.person_record_id_b from conversions)
),

expected as (
    select withdrawals.consent_change_id, greatest(count(records.person_record_id), 1) as row_count
    from withdrawals
    left join records
        on withdrawals.person_id = records.person_id and withdrawals.record_id <> records.person_record_id
    group by withdrawals.consent_change_id
),

found as (
    select consent_change_id, count(*) as row_count
    from {{ ref('fct_consent_propagation') }}
    group by consent_change_id
)

select
    coalesce(expected.consent_change_id, found.consent_change_id) as consent_change_id,
    expected.row_count as expected_count,
    found.row_count as found_count
from expected
full join found on expected.consent_change_id = found.consent_change_id
where coalesce(expected.row_count, 0) <> coalesce(found.row_count, 0)
