-- Grain: one row per system role, week and core count: what the systems of that role hold in their own records.
with

entries as (select * from {{ ref('int_stage_entries') }} where person_record_id is not null),

person_records as (select * from {{ ref('int_person_records') }}),

identity_edges as (select * from {{ ref('int_identity_edges') }}),

opportunities as (
    select * from {{ ref('int_opportunity_records') }}
    where not is_deleted and not is_merged_away
),

currency_rates as (select * from {{ ref('int_currency_rates') }}),

core_counts as (select * from {{ ref('core_counts') }}),

system_roles as (select * from {{ ref('int_system_roles') }}),

-- A converted lead goes on as its contact: one record, as the CRM reports it.
conversions as (
    select
        person_record_id_b as person_record_id,
        min(person_record_id_a) as contact_record_id
    from identity_edges
    where edge_kind = 'conversion'
    group by person_record_id_b
),

merged_pairs as (
    select
        person_record_id_b as id,
        min(person_record_id_a) as target
    from identity_edges
    where edge_kind = 'merge'
    group by person_record_id_b
),

{{ follow_pointers('merged_pairs', 4) }},

-- What was told of a record that was merged away is told of the one it was merged into.
record_entries as (
    select
        entries.system,
        entries.stage,
        entries.entered_at,
        coalesce(pointer_ends.target, entries.person_record_id) as person_record_id
    from entries
    left join pointer_ends on entries.person_record_id = pointer_ends.id
),

record_reaches as (
    select
        record_entries.system,
        record_entries.stage,
        coalesce(conversions.contact_record_id, record_entries.person_record_id) as record_id,
        min(record_entries.entered_at) as first_reached_at
    from record_entries
    inner join person_records on record_entries.person_record_id = person_records.person_record_id
    left join conversions on record_entries.person_record_id = conversions.person_record_id
    where not person_records.is_merged_away and not person_records.is_deleted
    group by
        record_entries.system, record_entries.stage,
        coalesce(conversions.contact_record_id, record_entries.person_record_id)
),

converted as (
    select
        opportunities.*,
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
        {{ reporting_week('record_reaches.first_reached_at') }} as week_start_date,
        cast(1 as double) as counted
    from record_reaches
    inner join core_counts on record_reaches.stage = core_counts.stage
    where record_reaches.first_reached_at <= {{ as_of() }}
    union all
    select system, 'opportunities', {{ reporting_week('created_at') }}, cast(1 as double)
    from converted
    union all
    select system, 'pipeline_amount', {{ reporting_week('created_at') }}, reported_amount
    from converted
    union all
    select system, 'won_amount', {{ week_start('close_date') }}, reported_won_amount
    from converted
    where is_won and close_date is not null
),

final as (
    select
        system_roles.system_role,
        measured.week_start_date,
        measured.core_count,
        cast(round(sum(coalesce(measured.counted, 0)), 2) as decimal(18, 2)) as system_value
    from measured
    inner join system_roles on measured.system = system_roles.system
    inner join core_counts on measured.core_count = core_counts.core_count
    where core_counts.stage is not null or system_roles.system_role = 'crm'
    group by system_roles.system_role, measured.week_start_date, measured.core_count
)

select * from final
