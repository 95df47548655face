-- Grain: one row per campaign record, form or value in the links of sessions, and taxonomy rule that it breaks.
-- At stake is what a report by source, medium or campaign puts in the wrong place, or in none.
with

findings as (select * from {{ ref('int_taxonomy_findings') }}),

form_findings as (select * from {{ ref('int_form_findings') }}),

form_tags as (select * from {{ ref('int_form_tags') }}),

tags as (select * from {{ ref('int_session_tags') }}),

campaign_fields as (select * from {{ ref('int_campaign_fields') }} where field <> 'utm_campaign'),

campaigns as (select * from {{ ref('int_campaigns_resolved') }}),

sessions as (select * from {{ ref('fct_sessions') }}),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_held),

opportunities as (select * from {{ ref('fct_opportunities') }}),

judged as (
    select
        field, value, judged_on, rule, severity, owner, remedy, broken_part, suggested_value, repair_kind,
        repair_confidence, is_repair_applied
    from findings
    union all
    select
        field, value, judged_on, rule, severity, owner, remedy, broken_part, cast(null as string), cast(null as string),
        cast(null as double), false
    from form_findings
),

shown as (
    select
        *,
        {{ safe_text(mask_emails('value')) }} as shown_value,
        {{ safe_text(mask_emails('suggested_value')) }} as shown_suggestion
    from judged
),

of_sessions as (
    select
        'sessions' as subject_kind,
        cast(null as string) as record_id,
        shown.*,
        tags.session_id,
        cast(null as string) as person_id,
        {{ reporting_date('tags.session_start_at') }} as seen_date
    from tags
    inner join shown
        on tags.field = shown.field and tags.value = shown.value and tags.judged_on = shown.judged_on
),

of_records as (
    select
        'campaign_record' as subject_kind,
        campaigns.campaign_record_id as record_id,
        shown.*,
        sessions.session_id,
        cast(null as string) as person_id,
        coalesce(sessions.session_date, campaigns.start_date) as seen_date
    from campaign_fields
    inner join shown
        on
            campaign_fields.field = shown.field
            and campaign_fields.value = shown.value
            and campaign_fields.judged_on = shown.judged_on
    inner join campaigns on campaign_fields.campaign_record_id = campaigns.campaign_record_id
    left join sessions on campaigns.campaign_id = sessions.campaign_id
),

of_forms as (
    select
        'form' as subject_kind,
        cast(null as string) as record_id,
        shown.*,
        cast(null as string) as session_id,
        form_tags.person_id,
        {{ reporting_date('form_tags.filled_at') }} as seen_date
    from form_tags
    inner join shown
        on form_tags.value = shown.value and form_tags.judged_on = shown.judged_on and shown.field = 'form'
),

found as (
    select * from of_sessions
    union all
    select * from of_records
    union all
    select * from of_forms
),

united as (
    select
        {{ hash_key(['subject_kind', 'record_id', 'field', 'shown_value', 'rule']) }} as violation_id,
        *
    from found
),

grouped as (
    select
        violation_id,
        subject_kind,
        record_id,
        field,
        shown_value,
        rule,
        {% for column in [
            'severity', 'owner', 'remedy', 'broken_part', 'shown_suggestion', 'repair_kind', 'repair_confidence',
            'is_repair_applied',
        ] -%}
            max_by({{ column }}, judged_on) as {{ column }},
        {% endfor -%}
        count(distinct session_id) as session_count,
        min(seen_date) as first_seen_date,
        max(seen_date) as last_seen_date
    from united
    group by violation_id, subject_kind, record_id, field, shown_value, rule
),

at_stake as (
    select
        touched.violation_id,
        count(*) as opportunity_count,
        sum(opportunities.amount_usd) as pipeline_usd
    from (
        select distinct united.violation_id, opportunity_people.opportunity_id
        from united
        left join sessions on united.session_id = sessions.session_id
        inner join opportunity_people
            on coalesce(united.person_id, sessions.person_id) = opportunity_people.person_id
    ) as touched
    inner join opportunities on touched.opportunity_id = opportunities.opportunity_id
    group by touched.violation_id
)

select
    grouped.violation_id,
    grouped.subject_kind,
    grouped.record_id,
    grouped.field,
    grouped.shown_value as value,
    grouped.rule,
    grouped.severity,
    grouped.broken_part,
    grouped.shown_suggestion as suggested_value,
    grouped.repair_kind,
    grouped.repair_confidence,
    grouped.is_repair_applied,
    grouped.owner,
    grouped.remedy,
    cast(grouped.session_count as bigint) as session_count,
    cast(coalesce(at_stake.opportunity_count, 0) as bigint) as opportunity_count,
    cast(coalesce(at_stake.pipeline_usd, 0) as decimal(18, 2)) as pipeline_usd,
    grouped.first_seen_date,
    grouped.last_seen_date
from grouped
left join at_stake on grouped.violation_id = at_stake.violation_id
