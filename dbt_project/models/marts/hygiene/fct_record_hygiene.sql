-- Grain: one row per system, record type, hygiene rule, field and part of the records (breakdown and its value).
-- Field `all` of critical fields counts fields, not records.
{%- set parts = ['lead_source', 'channel', 'segment', 'region', 'owner'] %}
with

judgements as (select * from {{ ref('int_hygiene_judgements') }}),

records as (select * from {{ ref('int_hygiene_records') }}),

asked as (select * from {{ ref('int_hygiene_rules_asked') }}),

thresholds as (select * from {{ ref('check_thresholds') }}),

samples as (select max(warn) as least_count from thresholds where threshold = 'hygiene_sample'),

counted as (
    select
        judgements.system,
        judgements.record_type,
        judgements.rule,
        judgements.field,
        judgements.is_critical,
        {% for part in parts -%}
            records.{{ part }},
        {% endfor -%}
        count(*) as judged_count,
        sum(case when judgements.is_broken then 1 else 0 end) as failing_count
    from judgements
    inner join records
        on
            judgements.system = records.system
            and judgements.record_type = records.record_type
            and judgements.record_id = records.record_id
    group by
        {% for part in parts -%}
            records.{{ part }},
        {% endfor -%}
        judgements.system, judgements.record_type, judgements.rule, judgements.field, judgements.is_critical
),

with_all_fields as (
    select
        {% for part in parts -%}
            {{ part }},
        {% endfor -%}
        system, record_type, rule, field, judged_count, failing_count
    from counted
    union all
    select
        {% for part in parts -%}
            {{ part }},
        {% endfor -%}
        system, record_type, rule, 'all', judged_count, failing_count
    from counted
    where is_critical
),

summed as (
    {% for part in ['all'] + parts -%}
        select
            system, record_type, rule, field, '{{ part }}' as breakdown,
            {{ "'all'" if part == 'all' else part }} as breakdown_value,
            sum(judged_count) as judged_count, sum(failing_count) as failing_count
        from with_all_fields
        group by system, record_type, rule, field{{ '' if part == 'all' else ', ' ~ part }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

asked_fields as (
    select system, record_type, rule, field, dimension, threshold, owner, remedy from asked
    union
    select system, record_type, rule, 'all', dimension, threshold, owner, remedy from asked
    where is_critical
),

rates as (
    select
        asked_fields.*,
        coalesce(summed.breakdown, 'all') as breakdown,
        coalesce(summed.breakdown_value, 'all') as breakdown_value,
        coalesce(summed.judged_count, 0) as judged_count,
        coalesce(summed.failing_count, 0) as failing_count,
        cast(summed.judged_count - summed.failing_count as double) / summed.judged_count as good_share
    from asked_fields
    left join summed
        on
            asked_fields.system = summed.system
            and asked_fields.record_type = summed.record_type
            and asked_fields.rule = summed.rule
            and asked_fields.field = summed.field
)

select
    {{ hash_key([
        'rates.system', 'rates.record_type', 'rates.rule', 'rates.field', 'rates.breakdown', 'rates.breakdown_value',
    ]) }} as record_hygiene_id,
    rates.dimension,
    rates.rule,
    rates.system,
    rates.record_type,
    rates.field,
    rates.breakdown,
    {{ safe_text(mask_emails('rates.breakdown_value')) }} as breakdown_value,
    cast(rates.judged_count as bigint) as judged_count,
    cast(rates.failing_count as bigint) as failing_count,
    rates.good_share,
    thresholds.warn as target_share,
    case
        when rates.judged_count = 0 then 'no_data'
        when rates.judged_count < samples.least_count then 'too_few'
        when rates.good_share < thresholds.fail then 'fail'
        when rates.good_share < thresholds.warn then 'warn'
        else 'ok'
    end as hygiene_status,
    case
        when rates.judged_count = 0 and rates.field = 'all' then 'no record that holds critical fields was delivered'
        when rates.judged_count = 0
            then 'no ' || rates.record_type || ' of ' || rates.system || ' tells ' || rates.field
    end as missing_input,
    rates.owner,
    rates.remedy
from rates
cross join samples
inner join thresholds on rates.threshold = thresholds.threshold
