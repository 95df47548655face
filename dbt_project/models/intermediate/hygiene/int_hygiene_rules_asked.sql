-- Grain: one row per system, record type, rule and field that the rules of today ask of it. The completeness of people
-- is asked whatever was delivered: where nobody was, it has no data.
with

records as (select * from {{ ref('int_hygiene_records') }}),

rules as (
    select * from {{ ref('hygiene_rules') }} as hygiene_rules
    where {{ holds_on('hygiene_rules', reporting_date(as_of())) }}
),

critical_fields as (select * from {{ ref('critical_fields') }}),

delivered as (
    select distinct system, record_type, record_kind from records
    union
    select 'all', 'person', 'person'
),

-- A field is asked of people where a record that was delivered must have it.
fields as (
    select system, record_type, field from critical_fields
    union
    select 'all', 'person', critical_fields.field
    from critical_fields
    inner join delivered
        on critical_fields.system = delivered.system and critical_fields.record_type = delivered.record_type
)

select
    delivered.system,
    delivered.record_type,
    delivered.record_kind,
    rules.rule,
    rules.dimension,
    coalesce(rules.field, fields.field, 'all') as field,
    case rules.test when 'critical' then 'filled' else rules.test end as test,
    rules.test = 'critical' as is_critical,
    rules.argument,
    rules.threshold,
    rules.owner,
    rules.remedy
from delivered
inner join rules on rules.record_type in (delivered.record_type, delivered.record_kind)
left join fields
    on
        rules.test = 'critical'
        and delivered.system = fields.system
        and delivered.record_type = fields.record_type
