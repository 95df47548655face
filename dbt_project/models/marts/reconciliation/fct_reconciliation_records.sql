-- Grain: one row per living record of a MAP or a CRM while the other role has such records too: people, and
-- opportunities that a second system copies.
with

people as (select * from {{ ref('int_reconciliation_people') }}),

opportunities as (select * from {{ ref('int_reconciliation_opportunities') }}),

differences as (select * from {{ ref('int_field_differences') }} where is_living),

classes as (select * from {{ ref('reconciliation_classes') }}),

sync_errors as (select * from {{ ref('fct_sync_errors') }} where is_open),

opportunity_people as (select * from {{ ref('int_opportunity_people') }} where is_held),

fct_opportunities as (select * from {{ ref('fct_opportunities') }}),

-- Both values, but of what names people their shape alone, which nobody takes for an address or a number.
shown as (
    select
        crm_record_id,
        map_record_id,
        {{ listed('label', ', ', 'label') }} as differing_fields,
        {{ listed(
            "label || ': CRM ' || shown_crm_value || ', MAP ' || shown_map_value || ' (' || winner || ' wins)'",
            '; ', 'label'
        ) }} as evidence
    from (
        select
            {% for side in ['crm', 'map'] -%}
                coalesce(
                    case
                        when is_personal
                            then replace(replace({{ masked_shape(side ~ '_value') }}, '@', ' at '), '+', '')
                        else {{ safe_text(mask_emails(side ~ '_value')) }}
                    end,
                    'empty'
                ) as shown_{{ side }}_value,
            {% endfor -%}
            crm_record_id, map_record_id, label, winner
        from differences
    ) as told
    group by crm_record_id, map_record_id
),

errors as (
    select
        person_record_id,
        max_by(error_text, last_seen_at) as error_text,
        max_by(owner, last_seen_at) as owner,
        max_by(remedy, last_seen_at) as remedy
    from sync_errors
    group by person_record_id
),

pipeline_of_people as (
    select
        opportunity_people.person_id,
        sum(fct_opportunities.amount_usd) as open_pipeline_usd
    from opportunity_people
    inner join fct_opportunities on opportunity_people.opportunity_id = fct_opportunities.opportunity_id
    where fct_opportunities.is_stage_known and not fct_opportunities.is_closed
    group by opportunity_people.person_id
),

united as (
    select
        'person' as entity, people.system_role, people.system, people.record_type, people.record_id,
        people.person_id, cast(null as string) as opportunity_id, people.reconciliation_class, people.reason,
        people.counterpart_record_id, people.paired_record_id,
        case when people.reconciliation_class = 'linked_field_drift' then shown.differing_fields end
            as differing_fields,
        case people.reconciliation_class
            when 'linked_field_drift' then shown.evidence
            when 'sync_error' then errors.error_text
            else
                'Shares its counterpart with the younger ' || {{ safe_text(mask_emails('people.younger_record_id')) }}
        end as evidence,
        case when people.reconciliation_class = 'sync_error' then errors.owner end as owner,
        case when people.reconciliation_class = 'sync_error' then errors.remedy end as remedy,
        people.since_at, people.created_at, pipeline_of_people.open_pipeline_usd
    from people
    left join shown
        on
            case when people.system_role = 'crm' then people.record_id else people.paired_record_id end
            = shown.crm_record_id
            and case when people.system_role = 'map' then people.record_id else people.paired_record_id end
            = shown.map_record_id
    left join errors on people.record_id = errors.person_record_id
    left join pipeline_of_people on people.person_id = pipeline_of_people.person_id
    union all
    select
        'opportunity', opportunities.system_role, opportunities.system, 'opportunity', opportunities.record_id,
        fct_opportunities.primary_person_id, fct_opportunities.opportunity_id, opportunities.reconciliation_class,
        opportunities.reason, opportunities.counterpart_record_id, opportunities.paired_record_id,
        opportunities.differing_fields, opportunities.evidence, null, null, opportunities.since_at,
        opportunities.created_at,
        case
            when fct_opportunities.is_stage_known and not fct_opportunities.is_closed
                then fct_opportunities.amount_usd
        end
    from opportunities
    left join fct_opportunities on opportunities.opportunity_id = fct_opportunities.opportunity_id
)

select
    {{ hash_key(['united.entity', 'united.record_id']) }} as reconciliation_record_id,
    united.entity,
    united.system_role,
    united.system,
    united.record_type,
    {{ safe_text(mask_emails('united.record_id')) }} as record_id,
    united.person_id,
    united.opportunity_id,
    united.reconciliation_class,
    classes.label as class_label,
    classes.is_discrepancy,
    {{ safe_text(mask_emails('united.reason')) }} as reason,
    {{ safe_text(mask_emails('united.counterpart_record_id')) }} as counterpart_record_id,
    {{ safe_text(mask_emails('united.paired_record_id')) }} as paired_record_id,
    united.differing_fields,
    united.evidence,
    coalesce(united.owner, classes.owner) as owner,
    coalesce(united.remedy, classes.remedy) as remedy,
    {{ reporting_date('united.since_at') }} as since_date,
    united.since_at,
    united.created_at,
    cast(coalesce(united.open_pipeline_usd, 0) as decimal(18, 2)) as open_pipeline_usd
from united
inner join classes on united.reconciliation_class = classes.reconciliation_class
