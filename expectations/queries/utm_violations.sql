-- Grain: one row per tagged session and broken taxonomy rule.
with

tagged as ({% include 'tagged_sessions.sql' %}),

fields as (
    select session_id, session_date, 'utm_source' as field, source as value from tagged
    union all
    select session_id, session_date, 'utm_medium' as field, medium as value from tagged
    union all
    select session_id, session_date, 'utm_campaign' as field, campaign as value from tagged
)

select
    fields.session_id,
    fields.session_date,
    fields.field,
    fields.value,
    rules.rule,
    rules.remedy
from fields
inner join seeds.taxonomy_rules as rules on fields.field = rules.field
where not regexp_matches(coalesce(fields.value, ''), rules.pattern)
