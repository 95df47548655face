-- Grain: one row per pair of people that may be one human. Nothing merges them: somebody looks and decides.
{%- set fields = {
    'first_name': 'text', 'last_name': 'text', 'phone': 'text', 'mailbox': 'text', 'company': 'code', 'country': 'code',
} %}
with

people as (select * from {{ ref('int_people_compared') }}),

weights as (select * from {{ ref('match_weights') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

defect_kinds as (select * from {{ ref('defect_kinds') }}),

unlinks as (select * from {{ ref('identity_unlinks') }}),

resolved as (select * from {{ ref('int_people_resolved') }}),

{{ match_pairs(
    'people', 'person_id', match_keys_of_people().split(),
    "(select max(warn) from thresholds where threshold = 'match_block_people')",
) }},

{{ match_levels('people', 'person_id', fields, 'weights') }},

{{ match_scores(fields) }},

decided as (
    -- Two humans by a steward's decision are not asked about again.
    select distinct
        least(side_a.person_id, side_b.person_id) as id_a,
        greatest(side_a.person_id, side_b.person_id) as id_b
    from unlinks
    inner join resolved as side_a on unlinks.person_record_id_a = side_a.person_record_id
    inner join resolved as side_b on unlinks.person_record_id_b = side_b.person_record_id
)

select
    {{ hash_key(['match_scores.id_a', 'match_scores.id_b']) }} as possible_duplicate_id,
    match_scores.id_a as person_id_a,
    match_scores.id_b as person_id_b,
    {{ safe_text(mask_emails('side_a.person_record_id')) }} as person_record_id_a,
    {{ safe_text(mask_emails('side_b.person_record_id')) }} as person_record_id_b,
    cast(match_scores.match_score as double) as match_score,
    match_scores.evidence,
    defect_kinds.owner,
    defect_kinds.remedy
from match_scores
inner join thresholds on thresholds.threshold = 'possible_duplicate_score'
inner join people as side_a on match_scores.id_a = side_a.person_id
inner join people as side_b on match_scores.id_b = side_b.person_id
inner join defect_kinds on defect_kinds.defect_kind = 'duplicate_fuzzy'
left join decided on match_scores.id_a = decided.id_a and match_scores.id_b = decided.id_b
where match_scores.match_score >= thresholds.warn and decided.id_a is null
