-- Grain: one row per entry into disqualified, recycled or lost of which a system says why.
with

entries as (
    select
        *,
        lead(entered_at) over (partition by person_id, stage order by entered_at, stage_entry_id) as entered_again_at
    from {{ ref('int_stage_entries_accepted') }}
    where ends_pass
),

versions as (select * from {{ ref('people') }} where status_reason is not null),

stage_mappings as (
    select * from {{ ref('stage_mappings') }}
    where field = 'lead_status'
),

statements as (select * from {{ ref('stage_statements') }} where reason is not null),

opportunities as (select * from {{ ref('int_opportunities_united') }}),

person_records as (select * from {{ ref('int_person_records') }}),

record_reasons as (
    select
        person_records.person_id,
        person_records.person_record_id,
        versions.system,
        versions.record_type,
        {{ value_spelling('versions.lead_status') }} as lead_status,
        versions.status_reason as reason,
        versions.valid_from
    from versions
    inner join person_records on versions.person_record_id = person_records.person_record_id
),

-- The first version of a record of the person that an extract delivered with that status. The person comes first in the
-- joins, and the status is compared behind them: by status alone every entry would meet every version.
by_record as (
    select
        entries.stage_entry_id,
        record_reasons.reason,
        row_number() over (
            partition by entries.stage_entry_id
            order by
                case when record_reasons.person_record_id = entries.person_record_id then 1 else 2 end,
                record_reasons.valid_from,
                record_reasons.person_record_id
        ) as version_position
    from entries
    inner join record_reasons on entries.person_id = record_reasons.person_id
    inner join stage_mappings
        on
            entries.stage = stage_mappings.stage
            and record_reasons.system = stage_mappings.system
            and record_reasons.record_type = stage_mappings.object
    where
        entries.opportunity_id is null
        and coalesce(record_reasons.lead_status, '') = {{ value_spelling('stage_mappings.value') }}
        and {{ holds_on('stage_mappings', reporting_date('entries.entered_at')) }}
        and entries.entered_at <= record_reasons.valid_from
        and (entries.entered_again_at is null or entries.entered_again_at > record_reasons.valid_from)
),

by_statement as (
    select
        entries.stage_entry_id,
        statements.reason
    from entries
    inner join statements
        on
            entries.system = statements.system
            and entries.object = statements.object
            and entries.source_record_id = statements.source_record_id
            and entries.entered_at = statements.stated_at
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
    select stage_entry_id, reason, 1 as preference from by_record where version_position = 1
    union all
    select stage_entry_id, reason, 1 from by_opportunity
    union all
    select stage_entry_id, reason, 2 from by_statement
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
