-- Grain: one row per thing that a system says about a person record, which a stage rule may name.
-- `is_current_value` marks what a record says now without saying since when, `is_day_only` what has no time of day.
with

marketo_leads as (select * from {{ ref('stg_marketo__leads') }}),

marketo_activities as (
    select
        *,
        case when activity_type_id = 104 then 'Change Status in Progression' else 'Lifecycle Stage' end as field
    from {{ ref('stg_marketo__activities') }}
    where
        activity_type_id = 104
        or (activity_type_id = 13 and lower(primary_attribute_value) = 'lifecycle stage')
),

salesforce_leads as (select * from {{ ref('stg_salesforce__leads') }}),

salesforce_contacts as (select * from {{ ref('stg_salesforce__contacts') }}),

lead_history as (select * from {{ ref('stg_salesforce__lead_history') }}),

campaign_members as (select * from {{ ref('stg_salesforce__campaign_members') }}),

human_touches as (select * from {{ ref('int_human_touches') }}),

score_crossings as (select * from {{ ref('int_score_crossings') }} where is_stage_rule),

hubspot_contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

contact_property_history as (select * from {{ ref('stg_hubspot__contact_property_history') }}),

form_fills as (select * from {{ ref('int_form_fills') }}),

program_members as (select * from {{ ref('stg_marketo__program_members') }}),

facts as (
    {% for field, value, at, is_current in [
        ('created_at', "'*'", 'created_at', false),
        ('mql_at', "'*'", 'mql_at', false),
        ('lifecycle_stage', 'lifecycle_stage', 'coalesce(updated_at, created_at)', true),
    ] -%}
        select
            'marketo' as system,
            'lead' as object,
            '{{ field }}' as field,
            {{ value }} as value,
            'marketo:lead:' || cast(lead_id as string) as person_record_id,
            cast(lead_id as string) as source_record_id,
            {{ at }} as entered_at,
            {{ is_current | lower }} as is_current_value
        from marketo_leads
        union all
    {% endfor -%}
    select
        'marketo',
        'activity',
        field,
        coalesce(
            new_value,
            {{ json_attribute('attributes', 'New Value') }},
            {{ json_attribute('attributes', 'New Status') }}
        ),
        'marketo:lead:' || cast(lead_id as string),
        activity_id,
        activity_at,
        false
    from marketo_activities
    union all
    {% for field, value, at, is_current in [
        ('created_at', "'*'", 'created_at', false),
        ('lead_source', 'lead_source', 'created_at', false),
        ('mql_date', "'*'", 'mql_at', false),
        ('status', 'lead_status', 'coalesce(updated_at, created_at)', true),
        ('converted_date', "'*'", 'greatest(created_at, ' ~ day_end('converted_date') ~ ')', true),
    ] -%}
        select
            'salesforce',
            'lead',
            '{{ field }}',
            {{ value }},
            'salesforce:lead:' || lead_id,
            lead_id,
            {{ at }},
            {{ is_current | lower }}
        from salesforce_leads
        {% if field == 'converted_date' %}where converted_date is not null{% endif %}
        union all
    {% endfor -%}
    select
        'salesforce', 'contact', 'created_at', '*', 'salesforce:contact:' || contact_id, contact_id, created_at, false
    from salesforce_contacts
    union all
    select
        'salesforce',
        'lead_history',
        field_name,
        new_value,
        'salesforce:lead:' || lead_id,
        coalesce(history_id, lead_id),
        changed_at,
        false
    from lead_history
    union all
    -- The day of a response has no time: it is the member's creation when that is the same day, else the day's end.
    select
        'salesforce',
        'campaign_member',
        'has_responded',
        case when has_responded then 'true' else 'false' end,
        coalesce('salesforce:contact:' || contact_id, 'salesforce:lead:' || lead_id),
        campaign_member_id,
        case
            when first_responded_date > cast(created_at as date) then {{ day_end('first_responded_date') }}
            else created_at
        end,
        false
    from campaign_members
    where not coalesce(is_deleted, false)
    union all
    select system, object, field, '*', person_record_id, source_record_id, occurred_at, false
    from human_touches
    union all
    select system, 'score', score_name, '*', person_record_id, source_record_id, crossed_at, false
    from score_crossings
    union all
    {% for field, value, at, is_current in [
        ('created_at', "'*'", 'created_at', false),
        ('mql_at', "'*'", 'mql_at', false),
        ('sql_at', "'*'", 'sql_at', false),
        ('lifecyclestage', 'lifecycle_stage', 'coalesce(updated_at, created_at)', true),
        ('hs_lead_status', 'lead_status', 'coalesce(updated_at, created_at)', true),
    ] -%}
        select
            'hubspot',
            'contact',
            '{{ field }}',
            {{ value }},
            'hubspot:contact:' || cast(contact_id as string),
            cast(contact_id as string),
            {{ at }},
            {{ is_current | lower }}
        from hubspot_contacts
        union all
    {% endfor -%}
    select
        'hubspot',
        'contact_property_history',
        property_name,
        property_value,
        'hubspot:contact:' || cast(contact_id as string),
        cast(contact_id as string),
        changed_at,
        false
    from contact_property_history
    where property_name in ('lifecyclestage', 'hs_lead_status')
    union all
    select
        system,
        'form_fill',
        'form_name',
        coalesce(form_name, '(unnamed)'),
        person_record_id,
        source_record_id,
        filled_at,
        false
    from form_fills
    union all
    select
        'marketo',
        'program_member',
        'has_reached_success',
        'true',
        'marketo:lead:' || cast(lead_id as string),
        cast(program_id as string) || ':' || cast(lead_id as string),
        reached_success_at,
        false
    from program_members
    where has_reached_success
)

select
    system,
    object,
    field,
    value,
    person_record_id,
    source_record_id,
    entered_at,
    is_current_value,
    object = 'campaign_member' or field = 'converted_date' as is_day_only
from facts
where
    value is not null
    and entered_at is not null
    and person_record_id is not null
