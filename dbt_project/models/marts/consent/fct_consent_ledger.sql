-- Grain: one row per person record and change of its consent to e-mail.
with

changes as (select * from {{ ref('int_consent_changes') }})

select
    consent_change_id,
    person_id,
    system,
    person_record_id as record_id,
    consent,
    evidence,
    source_record_id,
    is_upper_bound,
    record_until_at is null as is_current,
    stated_at,
    record_until_at as valid_until_at
from changes
