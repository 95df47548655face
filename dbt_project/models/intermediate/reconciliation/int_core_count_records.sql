-- Grain: one row per system role, system, core count and record that the system counts, with the reporting date that it
-- counts on and what it adds: 1, or money.
with

entries as (select * from {{ ref('int_stage_entries') }} where person_record_id is not null),

counted_records as (select * from {{ ref('int_counted_records') }} where is_counted),

opportunities as (
    select * from {{ ref('int_opportunity_records') }}
    where not is_deleted and not is_merged_away
),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

amounts as (select * from {{ ref('int_opportunity_amounts') }}),

core_counts as (select * from {{ ref('core_counts') }}),

lifecycle_stages as (select * from {{ ref('lifecycle_stages') }}),

stage_mappings as (select * from {{ ref('stage_mappings') }}),

system_roles as (select * from {{ ref('int_system_roles') }}),

counted_entries as (
    select
        entries.system,
        entries.object,
        entries.field,
        entries.stage,
        lifecycle_stages.stage_order,
        lifecycle_stages.is_on_path,
        counted_records.counted_record_id as record_id,
        entries.entered_at,
        entries.is_current_value and entries.is_change as is_read_as_changed
    from entries
    inner join counted_records on entries.person_record_id = counted_records.person_record_id
    inner join lifecycle_stages on entries.stage = lifecycle_stages.stage
),

-- A field without a history jumps over a stage that lasted less than the time between two deliveries: a record that
-- it shows further on passed each stage before that the same field tells of and nothing else in its system stamps, at
-- that instant at the latest.
fields as (select distinct system, object, lower(field) as field, stage from stage_mappings),

stamped_stages as (select distinct system, stage from stage_mappings where evidence = 'stamped'),

furthered as (
    select
        counted_entries.system,
        lifecycle_stages.stage,
        counted_entries.record_id,
        counted_entries.entered_at,
        counted_entries.is_read_as_changed and fields.stage is not null and stamped_stages.stage is null as is_passed,
        row_number() over (
            partition by counted_entries.system, counted_entries.record_id, lifecycle_stages.stage
            order by counted_entries.entered_at, counted_entries.stage_order
        ) as further_position
    from counted_entries
    inner join lifecycle_stages on counted_entries.stage_order > lifecycle_stages.stage_order
    inner join core_counts on lifecycle_stages.stage = core_counts.stage
    left join fields
        on
            counted_entries.system = fields.system
            and counted_entries.object = fields.object
            and lower(counted_entries.field) = fields.field
            and lifecycle_stages.stage = fields.stage
    left join stamped_stages
        on
            counted_entries.system = stamped_stages.system
            and lifecycle_stages.stage = stamped_stages.stage
    where counted_entries.is_on_path and lifecycle_stages.is_on_path
),

reaches as (
    select system, stage, record_id, entered_at from counted_entries
    union all
    select system, stage, record_id, entered_at from furthered
    where further_position = 1 and is_passed
),

record_reaches as (
    select
        system,
        stage,
        record_id,
        min(entered_at) as first_reached_at
    from reaches
    group by system, stage, record_id
),

converted as (
    select
        opportunities.system,
        opportunities.opportunity_record_id as record_id,
        {{ reporting_date('opportunities.created_at') }} as created_date,
        case when opportunities.is_won then coalesce(opportunities.close_date, amounts.won_date) end as won_date,
        round(cast(opportunities.amount as double) * currency_rates.reporting_rate, 2) as reported_amount,
        round(cast(opportunities.amount as double) * won_rates.reporting_rate, 2) as reported_won_amount
    from opportunities
    left join amounts on opportunities.opportunity_id = amounts.opportunity_id
    left join currency_rates
        on
            opportunities.currency_code = currency_rates.currency_code
            and {{ reporting_date('opportunities.created_at') }} >= currency_rates.start_date
            and {{ reporting_date('opportunities.created_at') }} < currency_rates.end_date
    left join currency_rates as won_rates
        on
            opportunities.currency_code = won_rates.currency_code
            and coalesce(opportunities.close_date, amounts.won_date) >= won_rates.start_date
            and coalesce(opportunities.close_date, amounts.won_date) < won_rates.end_date
),

measured as (
    select
        record_reaches.system,
        core_counts.core_count,
        record_reaches.record_id,
        {{ reporting_date('record_reaches.first_reached_at') }} as counted_date,
        cast(1 as double) as counted
    from record_reaches
    inner join core_counts on record_reaches.stage = core_counts.stage
    where record_reaches.first_reached_at <= {{ as_of() }}
    union all
    select system, 'opportunities', record_id, created_date, cast(1 as double)
    from converted
    union all
    select system, 'pipeline_amount', record_id, created_date, reported_amount
    from converted
    union all
    select system, 'won_amount', record_id, won_date, reported_won_amount
    from converted
    where won_date is not null
),

final as (
    select
        system_roles.system_role,
        measured.system,
        measured.core_count,
        measured.record_id,
        measured.counted_date,
        cast(round(coalesce(measured.counted, 0), 2) as decimal(18, 2)) as counted_value
    from measured
    inner join system_roles on measured.system = system_roles.system
    inner join core_counts on measured.core_count = core_counts.core_count
    where
        system_roles.system_role in ('map', 'crm')
        and (core_counts.stage is not null or system_roles.system_role = 'crm')
)

select * from final
