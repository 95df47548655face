-- Grain: one row per period type (week, month), period, breakdown, value and stage that somebody entered or left.
{%- set ways = ['forward', 'backward', 'reentered', 'holding', 'lost'] %}
with

stays as (select * from {{ ref('int_stage_stays') }}),

breakdowns as (select * from {{ ref('int_people_breakdowns') }}),

movements as (
    select
        person_id,
        stage,
        entered_date as moved_date,
        1 as entered_count,
        case when is_first_in_week then 1 else 0 end as first_in_week_count,
        case when is_first_in_month then 1 else 0 end as first_in_month_count,
        cast(null as string) as left_by
    from stays
    union all
    select
        person_id,
        stage,
        left_date,
        0,
        0,
        0,
        left_by
    from stays
    where left_date is not null
),

counted_by_day as (
    select
        breakdowns.breakdown,
        breakdowns.breakdown_value,
        movements.stage,
        movements.moved_date,
        sum(movements.entered_count) as entered_count,
        sum(movements.first_in_week_count) as first_in_week_count,
        sum(movements.first_in_month_count) as first_in_month_count,
        {% for way in ways %}
            sum(case when movements.left_by = '{{ way }}' then 1 else 0 end) as left_{{ way }}_count,
        {% endfor %}
        count(movements.left_by) as left_count
    from movements
    inner join breakdowns on movements.person_id = breakdowns.person_id
    group by breakdowns.breakdown, breakdowns.breakdown_value, movements.stage, movements.moved_date
),

-- Campaigns go by month: their weeks would be most of the rows, and nearly all of them the same as the week before.
final as (
    {% for period_type in ['week', 'month'] %}
        select
            '{{ period_type }}' as period_type,
            {{ period_start(period_type, 'moved_date') }} as period_start_date,
            breakdown,
            breakdown_value,
            stage,
            sum(entered_count) as entered_count,
            sum(first_in_{{ period_type }}_count) as first_entered_count,
            {% for way in ways %}
                sum(left_{{ way }}_count) as left_{{ way }}_count,
            {% endfor %}
            sum(left_count) as left_count
        from counted_by_day
        {{ "where breakdown <> 'campaign'" if period_type == 'week' }}
        group by {{ period_start(period_type, 'moved_date') }}, breakdown, breakdown_value, stage
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
