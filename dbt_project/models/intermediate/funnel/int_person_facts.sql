-- Grain: one row per thing that the versions of a person record say of its stage, and the instant since when.
-- A stamp tells its instant, or at midnight only its day, at which the record was there; each one ever written stays. A
-- value without a stamp holds at the latest since the first version with it; `is_upper_bound` marks it, and `is_change`
-- that another value, `value_before`, or an earlier stamp, was known before. A label and its API name are one value,
-- and a stamp told again to the second, the minute or the day is that stamp.
{%- set stamps = ['inquiry_at', 'mql_at', 'sql_at'] %}
{%- set values = ['lifecycle_stage', 'lead_status'] %}
with

delivered as (select * from {{ ref('people') }}),

{% for stamp in stamps -%}
    {{ stamp }}_told as (
        select
            vague.person_record_id,
            vague.{{ stamp }},
            max(exact.{{ stamp }}) as exact_at
        from delivered as vague
        inner join delivered as exact on vague.person_record_id = exact.person_record_id
        where
            exact.{{ stamp }} <> vague.{{ stamp }}
            and {{ is_vague_of('vague.' ~ stamp, 'exact.' ~ stamp) }}
        group by vague.person_record_id, vague.{{ stamp }}
    ),

{% endfor -%}
versions as (
    select
        delivered.system,
        delivered.record_type,
        delivered.person_record_id,
        delivered.record_id,
        delivered.converted_record_id,
        delivered.lead_source,
        delivered.lifecycle_stage,
        delivered.lead_status,
        delivered.converted_date,
        delivered.converted_at,
        delivered.created_at,
        delivered.valid_from,
        {% for stamp in stamps -%}
            coalesce({{ stamp }}_told.exact_at, delivered.{{ stamp }}) as {{ stamp }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from delivered
    {% for stamp in stamps -%}
        left join {{ stamp }}_told
            on
                delivered.person_record_id = {{ stamp }}_told.person_record_id
                and delivered.{{ stamp }} = {{ stamp }}_told.{{ stamp }}
    {% endfor %}
),

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
        min(created_at) as stated_at, false as is_upper_bound, false as is_day_only, false as is_change,
        cast(null as string) as value_before
    from versions
    group by system, record_type, person_record_id, record_id
    union all
    select
        versions.system, versions.record_type, 'lead_source', min_by(versions.lead_source, versions.valid_from),
        versions.person_record_id, versions.record_id, min(versions.created_at), false, false, false, null
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
            max(case when {{ stamp }} > {{ stamp }}_before then 1 else 0 end) = 1,
            null
        from followed
        where {{ stamp }} is not null
        group by system, record_type, person_record_id, record_id, {{ stamp }}
    {% endfor -%}
    union all
    select
        system, record_type, 'converted_date', '*', person_record_id, record_id,
        min(coalesce(converted_at, greatest(created_at, {{ day_end('converted_date') }}))),
        true, max(case when converted_at is null then 1 else 0 end) = 1, false, null
    from versions
    where converted_date is not null
    group by system, record_type, person_record_id, record_id
    {% for field in values -%}
        union all
        select
            system, record_type, '{{ field }}', {{ field }}, person_record_id, record_id, valid_from, true, false,
            {{ field }}_before is not null, {{ field }}_before
        from followed
        where
            {{ field }} is not null
            and coalesce({{ value_spelling(field) }} <> {{ value_spelling(field ~ '_before') }}, true)
    {% endfor %}
)

select * from facts
where stated_at is not null
