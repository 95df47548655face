-- What the records of all classes count adds up to what their system counts, by core count, week and type of record;
-- and each record that is there has its class.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'A record of MAP or CRM is in no class or in two, so that the classes do not add up to the system.',
    'remedy': 'A fault of the models: keep the lake and report it.',
}) }}
with

records as (select * from {{ ref('int_core_count_records') }}),

classed as (select * from {{ ref('fct_reconciliation_records') }}),

people as (select * from {{ ref('int_reconciled_people') }} where is_living),

core_counts as (select * from {{ ref('core_counts') }}),

compared as (select distinct system, entity from classed),

own as (
    select
        records.system,
        records.system_role,
        records.core_count,
        {{ week_start('records.counted_date') }} as week_start_date,
        case
            when core_counts.stage is null then 'opportunity'
            else {{ split_part('records.record_id', ':', 2) }}
        end as record_type,
        sum(records.counted_value) as own_value
    from records
    inner join core_counts on records.core_count = core_counts.core_count
    inner join compared
        on
            records.system = compared.system
            and compared.entity = case when core_counts.stage is null then 'opportunity' else 'person' end
    group by
        records.system, records.system_role, records.core_count, {{ week_start('records.counted_date') }},
        case
            when core_counts.stage is null then 'opportunity'
            else {{ split_part('records.record_id', ':', 2) }}
        end
),

by_class as (
    select
        classed.system,
        classed.system_role,
        records.core_count,
        {{ week_start('records.counted_date') }} as week_start_date,
        classed.record_type,
        sum(records.counted_value) as classed_value
    from classed
    inner join records
        on
            classed.reconciliation_record_id = {{ hash_key(['classed.entity', 'records.record_id']) }}
            and classed.system_role = records.system_role
    group by
        classed.system, classed.system_role, records.core_count, {{ week_start('records.counted_date') }},
        classed.record_type
)

select
    coalesce(own.system, by_class.system) as system,
    coalesce(own.core_count, by_class.core_count) as core_count,
    coalesce(own.week_start_date, by_class.week_start_date) as week_start_date,
    coalesce(own.record_type, by_class.record_type) as record_type,
    own.own_value,
    by_class.classed_value
from own
full outer join by_class
    on
        own.system = by_class.system
        and own.system_role = by_class.system_role
        and own.core_count = by_class.core_count
        and own.week_start_date = by_class.week_start_date
        and own.record_type = by_class.record_type
where own.own_value is null or by_class.classed_value is null or own.own_value <> by_class.classed_value
union all
select people.system, 'every record', cast(null as date), people.record_type, count(*), count(classed.record_id)
from people
left join classed on {{ hash_key(["'person'", 'people.record_id']) }} = classed.reconciliation_record_id
group by people.system, people.record_type
having count(*) <> count(classed.record_id)
