-- Every breakdown of a rule parts the same records; each that fails is listed once.
{{ config(meta={
    'owner': 'data_engineering',
    'meaning': 'Rates of hygiene by segment, source or owner leave records out or count some twice.',
    'remedy': 'A fault of the models, which data can\'t cause: keep the lake and report it with the rows below.',
}) }}
with

parts as (
    select
        system,
        record_type,
        rule,
        field,
        breakdown,
        sum(judged_count) as judged_count,
        sum(failing_count) as failing_count
    from {{ ref('fct_record_hygiene') }}
    group by system, record_type, rule, field, breakdown
),

findings as (
    select system, record_type, rule, field, count(*) as failing_count
    from {{ ref('fct_hygiene_findings') }}
    group by system, record_type, rule, field
)

select
    parts.system,
    parts.record_type,
    parts.rule,
    parts.field,
    parts.breakdown,
    parts.judged_count,
    wholes.judged_count as whole_judged_count,
    parts.failing_count,
    coalesce(findings.failing_count, wholes.failing_count) as whole_failing_count
from parts
inner join parts as wholes
    on
        parts.system = wholes.system
        and parts.record_type = wholes.record_type
        and parts.rule = wholes.rule
        and parts.field = wholes.field
        and wholes.breakdown = 'all'
left join findings
    on
        parts.system = findings.system
        and parts.record_type = findings.record_type
        and parts.rule = findings.rule
        and parts.field = findings.field
where
    parts.judged_count <> wholes.judged_count
    or parts.failing_count <> wholes.failing_count
    or (parts.field <> 'all' and parts.failing_count <> coalesce(findings.failing_count, 0))
