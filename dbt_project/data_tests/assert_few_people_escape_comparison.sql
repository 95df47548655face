-- Grain: one row per rule by which more people than the threshold match_dropped_people allows are not compared, because
-- too many share their key. Remedy: put what they share into shared_identifiers, or raise match_block_people.
{{ config(severity='warn', meta={
    'owner': 'marketing_operations',
    'meaning': 'People who share a key with too many others are compared with nobody, so duplicates among them stay '
        ~ 'unseen.',
    'remedy': 'Put what they share into seeds/shared_identifiers.csv, or raise match_block_people in '
        ~ 'seeds/check_thresholds.csv.',
}) }}

with

people as (select * from {{ ref('int_people_compared') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

limits as (
    select
        max(case when threshold = 'match_block_people' then warn end) as largest_block,
        max(case when threshold = 'match_dropped_people' then warn end) as dropped_share
    from thresholds
),

people_count as (select count(*) as person_count from people),

{{ match_blocks('people', 'person_id', match_keys_of_people().split()) }}

select
    match_blocks.rule,
    count(*) as block_count,
    sum(match_blocks.record_count) as person_count
from match_blocks
cross join limits
cross join people_count
where match_blocks.record_count > limits.largest_block
group by match_blocks.rule, limits.dropped_share, people_count.person_count
having sum(match_blocks.record_count) > limits.dropped_share * people_count.person_count
