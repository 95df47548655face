-- Grain: one row per thing that the versions of a person record say of its stage, and the instant since when.
-- A stamp tells its instant, or at midnight only its day, at which the record was there; each one ever written stays. A
-- value without a stamp holds at the latest since the first version with it; `is_upper_bound` marks it, and `is_change`
-- that another value, or an earlier stamp, was known before.
{%- set stamps = ['inquiry_at', 'mql_at', 'sql_at'] %}
{%- set values = ['lifecycle_stage', 'lead_status'] %}
with

versions as (select * from {{ ref('people') }}),

followed as (
    select
        *,
        {% for field in values + stamps -%}
            {{ last_known(
                field,
                'partition by person_record_id order by valid_from rows between unbounded preceding and 1 preceding'
            ) }} as {{ field }}_before{% if not loop.last %},{% endif %}
        {% endfor %}
    from versions
),

converted as (
    select distinct converted_record_id as person_record_id
    from versions
    where converted_record_id is not null
),

facts as (
    select
        system, record_type as object, 'created_at' as field, '*' as value, person_record_id, record_id,
        min(created_at) as stated_at, false as is_upper_bound, false as is_day_only, false as is_change
    from versions
    group by system, record_type, person_record_id, record_id
    union all
    select
        versions.system, versions.record_type, 'lead_source', min_by(versions.lead_source, versions.valid_from),
        versions.person_record_id, versions.record_id, min(versions.created_at), false, false, false
    from versions
    left join converted on versions.person_record_id = converted.person_record_id
    where versions.lead_source is not null and converted.person_record_id is null
    group by versions.system, versions.record_type, versions.person_record_id, versions.record_id
    {% for stamp in stamps -%}
        union all
        select
            system, record_type, '{{ stamp }}', '*', person_record_id, record_id,
            case
                when {{ is_midnight(stamp) }}
                    then greatest({{ day_start('cast(' ~ stamp ~ ' as date)') }}, min(created_at))
                else {{ stamp }}
            end,
            false, {{ is_midnight(stamp) }},
            max(case when {{ stamp }} > {{ stamp }}_before then 1 else 0 end) = 1
        from followed
        where {{ stamp }} is not null
        group by system, record_type, person_record_id, record_id, {{ stamp }}
    {% endfor -%}
    union all
    select
        system, record_type, 'converted_date', '*', person_record_id, record_id,
        min(coalesce(converted_at, greatest(created_at, {{ day_end('converted_date') }}))),
        true, max(case when converted_at is null then 1 else 0 end) = 1, false
    from versions
    where converted_date is not null
    group by system, record_type, person_record_id, record_id
    {% for field in values -%}
        union all
        select
            system, record_type, '{{ field }}', {{ field }}, person_record_id, record_id, valid_from, true, false,
            {{ field }}_before is not null
        from followed
        where {{ field }} is not null and coalesce({{ field }} <> {{ field }}_before, true)
    {% endfor %}
)

select * from facts
where stated_at is not null
