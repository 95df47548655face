-- Grain: one row per KPI, period, breakdown and value of it that the marts tell something of.
-- Each metric is counted in its own mart; here it only takes the scorecard's shape. `sample_count` is what has to be
-- enough to judge, `is_mature` says that the period's number will not move any more for want of time.
{%- set today = reporting_date(as_of()) %}
with

kpis as (select * from {{ ref('kpis') }}),

launch_checks as (
    select * from {{ ref('fct_campaign_launch_checks') }}
    where not is_manual and status in ('passed', 'failed')
),

compliance as (select * from {{ ref('fct_taxonomy_compliance') }}),

campaign_records as (
    select * from {{ ref('dim_campaign_records') }}
    where is_delivered and is_taxonomy_compliant is not null and start_date is not null
),

campaigns as (select * from {{ ref('dim_campaigns') }}),

speed as (select * from {{ ref('fct_speed_to_lead_monthly') }}),

reconciliation as (
    select * from {{ ref('fct_reconciliation') }}
    where period_type = 'week' and reconciliation_status <> 'no_data'
),

person_records as (
    select * from {{ ref('int_person_records') }}
    where is_delivered and created_at is not null
),

defects as (
    select * from {{ ref('int_defects_people') }}
    where defect_kind in ('duplicate_exact', 'duplicate_fuzzy')
),

hygiene as (
    select * from {{ ref('fct_record_hygiene') }}
    where rule = 'critical_fields' and system = 'all' and field = 'all' and judged_count > 0
),

scoring as (
    select * from {{ ref('fct_scoring_calibration') }}
    where score_kind = 'total' and outcome_stage = 'sql' and period_type = 'quarter'
),

cohorts as (
    select * from {{ ref('fct_cohort_conversion') }}
    where funnel = 'person' and period_type = 'month'
),

velocity as (
    select * from {{ ref('fct_stage_velocity') }}
    where funnel = 'person' and period_type = 'month' and from_stage = 'inquiry' and to_stage = 'sao'
),

influence as (select * from {{ ref('fct_influence_monthly') }} where basis = 'pipeline' and breakdown = 'all'),

settings as (select * from {{ ref('attribution_settings') }}),

opportunities as (select * from {{ ref('fct_opportunities') }}),

periods as (select * from {{ ref('int_kpi_periods') }}),

documents as (select * from {{ ref('documents') }}),

document_reviews as (select * from {{ ref('document_reviews') }}),

automation_log as (select * from {{ ref('automation_log') }}),

thresholds as (select max(warn) as review_days from {{ ref('check_thresholds') }} where threshold = 'document_review'),

launched as (
    select
        campaign_id,
        channel,
        team,
        {{ quarter_start('judged_date') }} as period_start_date,
        max(case when status = 'failed' then 1 else 0 end) as failed_count
    from launch_checks
    group by campaign_id, channel, team, {{ quarter_start('judged_date') }}
),

tagged as (
    select
        period_start_date,
        'visits' as subject,
        channel,
        compliant_session_count as right_count,
        tagged_session_count as all_count
    from compliance
    union all
    select
        {{ month_start('campaign_records.start_date') }},
        'campaigns',
        campaigns.channel,
        case when campaign_records.is_taxonomy_compliant then 1 else 0 end,
        1
    from campaign_records
    left join campaigns on campaign_records.campaign_id = campaigns.campaign_id
),

duplicates as (select distinct record_id from defects),

made as (
    select
        {{ month_start(reporting_date('person_records.created_at')) }} as period_start_date,
        person_records.system,
        case when duplicates.record_id is null then 0 else 1 end as duplicate_count
    from person_records
    left join duplicates on person_records.person_record_id = duplicates.record_id
),

default_setting as (
    select min_by(attribution_setting, setting_order) as attribution_setting from settings
),

-- A document held by the period's end, and its last review until then.
documented as (
    select
        periods.period_start_date,
        documents.document,
        documents.owner,
        periods.last_date,
        max(document_reviews.reviewed_on) as reviewed_on
    from periods
    inner join documents on {{ holds_on('documents', 'periods.last_date') }}
    left join document_reviews
        on documents.document = document_reviews.document and periods.last_date >= document_reviews.reviewed_on
    where periods.period_type = 'month'
    group by periods.period_start_date, documents.document, documents.owner, periods.last_date
),

reviewed as (
    select
        documented.*,
        case
            when {{ days_after('documented.reviewed_on', 'thresholds.review_days') }} >= documented.last_date then 1
            else 0
        end as fresh_count
    from documented
    cross join thresholds
),

automated as (
    select
        periods.period_start_date,
        automation_log.owner,
        automation_log.hours_saved_per_month,
        case when automation_log.live_from >= periods.period_start_date then 1 else 0 end as shipped_count,
        greatest(automation_log.live_from, periods.period_start_date) as first_date,
        least(coalesce(automation_log.live_to, periods.period_end_date), periods.period_end_date) as end_date,
        periods.period_end_date
    from periods
    inner join automation_log
        on
            periods.last_date >= automation_log.live_from
            and (automation_log.live_to is null or periods.period_start_date < automation_log.live_to)
    where periods.period_type = 'quarter'
),

saved as (
    select
        *,
        hours_saved_per_month * 3 * {{ days_between('cast(first_date as timestamp)', 'cast(end_date as timestamp)') }}
        / {{ days_between('cast(period_start_date as timestamp)', 'cast(period_end_date as timestamp)') }} as hours
    from automated
),

{#- Shares of what is counted row by row, for all and by each of the columns. #}
{%- set shares = [
    ('campaign_launch_defect_rate', 'launched', 'failed_count', '1', ['channel', 'team']),
    ('tracking_compliance_rate', 'tagged', 'right_count', 'all_count', ['subject', 'channel']),
    ('new_duplicate_rate', 'made', 'duplicate_count', '1', ['system']),
    ('documentation_freshness', 'reviewed', 'fresh_count', '1', ['owner']),
] %}
shares as (
    {% for kpi, relation, numerator, denominator, parts in shares -%}
        {% for part in ['all'] + parts -%}
            select
                '{{ kpi }}' as kpi,
                period_start_date,
                '{{ part }}' as breakdown,
                {{ "'all'" if part == 'all' else or_unknown(part) }} as breakdown_value,
                sum({{ numerator }}) as numerator,
                sum({{ denominator }}) as denominator
            from {{ relation }}
            group by period_start_date{{ '' if part == 'all' else ', ' ~ or_unknown(part) }}
            union all
        {% endfor -%}
    {% endfor -%}
    select
        'lead_routing_exception_rate', period_start_date, breakdown, breakdown_value, routing_exception_count,
        routed_count
    from speed
    union all
    select
        'field_completeness', {{ month_start(today) }}, breakdown, breakdown_value, judged_count - failing_count,
        judged_count
    from hygiene
    union all
    select
        'pipeline_influence_coverage', influence.period_start_date, influence.breakdown, influence.breakdown_value,
        influence.influenced_count, influence.conversion_count
    from influence
    inner join default_setting on influence.attribution_setting = default_setting.attribution_setting
),

{#- Sums over the quarter. #}
{%- set sums = [
    ('automation_hours_saved', 'saved', 'period_start_date', 'hours', 'true'),
    ('automations_shipped', 'saved', 'period_start_date', 'shipped_count', 'true'),
    ('pipeline_created', 'opportunities', quarter_start('created_date'), 'coalesce(amount_usd, 0)',
     'created_date is not null'),
    ('revenue_won', 'opportunities', quarter_start('won_date'), 'coalesce(won_amount_usd, 0)', 'won_date is not null'),
] %}
sums as (
    {% for kpi, relation, period, summed, condition in sums -%}
        select
            '{{ kpi }}' as kpi,
            {{ period }} as period_start_date,
            cast(sum({{ summed }}) as double) as summed,
            count(*) as sample_count
        from {{ relation }}
        where {{ condition }}
        group by {{ period }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

variances as (
    select
        period_start_date,
        'core_count' as breakdown,
        core_count as breakdown_value,
        judged_variance_rate
    from reconciliation
    union all
    select period_start_date, 'all', 'all', judged_variance_rate from reconciliation
),

final as (
    select
        kpi,
        period_start_date,
        breakdown,
        breakdown_value,
        cast(numerator as double) as numerator,
        cast(denominator as double) as denominator,
        cast(numerator as double) / nullif(cast(denominator as double), 0) as kpi_value,
        cast(denominator as bigint) as sample_count,
        true as is_mature
    from shares
    where denominator > 0
    union all
    select
        kpi, period_start_date, 'all', 'all', summed as numerator, null, summed as kpi_value, sample_count, true
    from sums
    union all
    select
        'speed_to_lead_median_hours', period_start_date, breakdown, breakdown_value, null, null,
        median_inbound_business_hours, inbound_mql_count, is_mature
    from speed
    where median_inbound_business_hours is not null or not is_mature
    union all
    select
        'funnel_reconciliation_variance', period_start_date, breakdown, breakdown_value, null, null,
        max(judged_variance_rate), count(judged_variance_rate), true
    from variances
    group by period_start_date, breakdown, breakdown_value
    union all
    select
        'scoring_calibration', period_start_date, 'all', 'all', null, null, auc,
        case when is_auc_judged then mature_count else 0 end, mature_count = scored_count
    from scoring
    where scored_count > 0
    union all
    select
        'scoring_stability', period_start_date, 'all', 'all', null, null, psi,
        case when is_psi_judged then scored_count else 0 end, true
    from scoring
    where psi is not null
    union all
    select
        'mql_to_sql_conversion', period_start_date, breakdown, breakdown_value, converted_count,
        cohort_count as denominator, conversion_rate, cohort_count as sample_count, is_mature
    from cohorts
    where from_stage = 'mql' and to_stage = 'sql'
    union all
    select
        'lifecycle_velocity_days', velocity.period_start_date, velocity.breakdown, velocity.breakdown_value, null, null,
        velocity.median_days, velocity.reached_count, cohorts.is_mature
    from velocity
    inner join cohorts
        on
            velocity.period_start_date = cohorts.period_start_date
            and velocity.breakdown = cohorts.breakdown
            and velocity.breakdown_value = cohorts.breakdown_value
            and velocity.from_stage = cohorts.from_stage
            and velocity.to_stage = cohorts.to_stage
)

select
    {{ hash_key(['final.kpi', 'final.period_start_date', 'final.breakdown', 'final.breakdown_value']) }}
        as kpi_reading_id,
    final.kpi,
    kpis.period_type,
    final.period_start_date,
    {{ periods_ago('kpis.period_type', 'final.period_start_date') }} as periods_ago,
    final.breakdown,
    final.breakdown_value,
    final.numerator,
    final.denominator,
    final.kpi_value,
    coalesce(final.sample_count, 0) as sample_count,
    coalesce(final.is_mature, false) as is_mature
from final
inner join kpis on final.kpi = kpis.kpi
