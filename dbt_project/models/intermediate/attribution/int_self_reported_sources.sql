-- Grain: one row per person who answered how they heard of us: the first answer that any of their records holds, coded
-- by the first pattern in order. What a form shows before anybody chose is no answer.
with

versions as (select * from {{ ref('people') }} where nullif(trim(self_reported_source), '') is not null),

person_records as (select * from {{ ref('int_person_records') }}),

patterns as (select * from {{ ref('self_reported_patterns') }}),

no_answers as (select distinct {{ words_of('spelling') }} as words from {{ ref('null_spellings') }}),

worded as (
    select
        person_records.person_id,
        versions.person_record_id,
        versions.self_reported_source as told_source,
        versions.valid_from as told_at,
        {{ reporting_date('versions.valid_from') }} as told_date,
        {{ words_of('versions.self_reported_source') }} as words
    from versions
    inner join person_records on versions.person_record_id = person_records.person_record_id
),

told as (
    select
        worded.*,
        row_number() over (
            partition by worded.person_id order by worded.told_at asc, worded.person_record_id asc
        ) as place
    from worded
    left join no_answers on worded.words = no_answers.words
    where no_answers.words is null
),

answers as (select * from told where place = 1),

-- Many answer in the same words.
spellings as (select distinct words, told_date from answers),

coded as (
    select
        spellings.words,
        spellings.told_date,
        patterns.self_reported_source,
        row_number() over (
            partition by spellings.words, spellings.told_date
            order by patterns.pattern_order asc, patterns.pattern asc
        ) as place
    from spellings
    inner join patterns
        on spellings.words like patterns.pattern and {{ holds_on('patterns', 'spellings.told_date') }}
)

select
    answers.person_id,
    answers.told_source,
    answers.told_at,
    answers.told_date,
    coalesce(coded.self_reported_source, 'Uncoded') as self_reported_source
from answers
left join coded on answers.words = coded.words and answers.told_date = coded.told_date and coded.place = 1
