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

core_counts as (select * from {{ ref('core_counts') }}),

system_roles as (select * from {{ ref('int_system_roles') }}),

record_reaches as (
    select
        entries.system,
        entries.stage,
        counted_records.counted_record_id as record_id,
        min(entries.entered_at) as first_reached_at
    from entries
    inner join counted_records on entries.person_record_id = counted_records.person_record_id
    group by entries.system, entries.stage, counted_records.counted_record_id
),

converted as (
    select
        opportunities.system,
        opportunities.opportunity_record_id as record_id,
        {{ reporting_date('opportunities.created_at') }} as created_date,
        case when opportunities.is_won then opportunities.close_date end as won_date,
        round(cast(opportunities.amount as double) * currency_rates.reporting_rate, 2) as reported_amount,
        round(cast(opportunities.amount as double) * won_rates.reporting_rate, 2) as reported_won_amount
    from opportunities
    left join currency_rates
        on
            opportunities.currency_code = currency_rates.currency_code
            and {{ reporting_date('opportunities.created_at') }} >= currency_rates.start_date
            and {{ reporting_date('opportunities.created_at') }} < currency_rates.end_date
    left join currency_rates as won_rates
        on
            opportunities.currency_code = won_rates.currency_code
            and opportunities.close_date >= won_rates.start_date
            and opportunities.close_date < won_rates.end_date
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
