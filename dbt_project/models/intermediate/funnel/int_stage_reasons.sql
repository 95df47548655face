-- Grain: one row per entry into disqualified, recycled or lost of which a system says why.
with

entries as (
    select
        *,
        lead(entered_at) over (partition by person_id, stage order by entered_at, stage_entry_id) as entered_again_at
    from {{ ref('int_stage_entries_accepted') }}
    where ends_pass
),

lead_versions as (select * from {{ ref('stg_salesforce__lead_versions') }} where disqualified_reason is not null),

stage_mappings as (
    select * from {{ ref('stage_mappings') }}
    where system = 'salesforce' and object = 'lead' and field = 'status'
),

map_activities as (select * from {{ ref('stg_marketo__activities') }} where activity_type_id = 13),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

person_records as (select * from {{ ref('int_person_records') }}),

lead_reasons as (
    select
        person_records.person_id,
        person_records.person_record_id,
        lower(trim(lead_versions.lead_status)) as lead_status,
        lead_versions.disqualified_reason as reason,
        lead_versions.updated_at
    from lead_versions
    inner join person_records on 'salesforce:lead:' || lead_versions.lead_id = person_records.person_record_id
),

-- The first version of a lead of the person that an extract delivered with that status. The person comes first in the
-- joins, and the status is compared behind them: by status alone every entry would meet every version.
by_lead as (
    select
        entries.stage_entry_id,
        lead_reasons.reason,
        row_number() over (
            partition by entries.stage_entry_id
            order by
                case when lead_reasons.person_record_id = entries.person_record_id then 1 else 2 end,
                lead_reasons.updated_at,
                lead_reasons.person_record_id
        ) as version_position
    from entries
    inner join lead_reasons on entries.person_id = lead_reasons.person_id
    inner join stage_mappings on entries.stage = stage_mappings.stage
    where
        entries.opportunity_id is null
        and coalesce(lead_reasons.lead_status, '') = lower(stage_mappings.value)
        and cast(entries.entered_at as date) >= stage_mappings.valid_from
        and (stage_mappings.valid_to is null or cast(entries.entered_at as date) < stage_mappings.valid_to)
        and entries.entered_at <= lead_reasons.updated_at
        and (entries.entered_again_at is null or entries.entered_again_at > lead_reasons.updated_at)
),

-- What the sync did, it gives its own name as the reason.
by_activity as (
    select
        entries.stage_entry_id,
        map_activities.change_reason as reason
    from entries
    inner join map_activities on entries.source_record_id = map_activities.activity_id
    where
        entries.system = 'marketo'
        and entries.object = 'activity'
        and lower(coalesce(map_activities.change_source, '')) not like '%sync%'
),

by_opportunity as (
    select
        entries.stage_entry_id,
        opportunities.loss_reason as reason
    from entries
    inner join opportunities on entries.opportunity_id = opportunities.opportunity_id
    where entries.stage = 'lost'
),

united as (
    select stage_entry_id, reason, 1 as preference from by_lead where version_position = 1
    union all
    select stage_entry_id, reason, 1 from by_opportunity
    union all
    select stage_entry_id, reason, 2 from by_activity
),

final as (
    select
        stage_entry_id,
        min_by(reason, preference) as reason
    from united
    where reason is not null
    group by stage_entry_id
)

select * from final
