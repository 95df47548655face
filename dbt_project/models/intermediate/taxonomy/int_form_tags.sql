-- Grain: one row per form fill whose form has a name, judged by the rules of its day.
with

fills as (
    select * from {{ ref('form_fills') }}
    where form_name is not null and filled_at <= {{ as_of() }}
),

person_records as (select * from {{ ref('int_person_records') }}),

periods as (select * from {{ ref('int_taxonomy_periods') }})

select
    fills.system,
    fills.source_record_id,
    fills.form_name as value,
    fills.filled_fields,
    person_records.person_id,
    fills.filled_at,
    periods.valid_from as judged_on
from fills
inner join periods on {{ holds_on('periods', reporting_date('fills.filled_at')) }}
left join person_records on fills.person_record_id = person_records.person_record_id
