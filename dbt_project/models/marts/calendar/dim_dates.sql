-- Grain: one row per day of the calendar.
{%- set fiscal_month = 'mod(month_of_year - ' ~ var('fiscal_year_first_month') ~ ' + 12, 12) + 1' %}
with

bounds as (
    select
        -- A year early, so that the first periods are whole when their first days are looked for.
        {{ days_after("cast('" ~ var('calendar_first_date') ~ "' as date)", -366) }} as first_date,
        {{ reporting_date(as_of()) }} as run_date,
        cast(
            cast(extract(year from {{ reporting_date(as_of()) }}) + {{ var('calendar_years_ahead') }} as string)
            || '-12-31' as date
        ) as last_date
),

days as (
    select
        cast(days.day as date) as calendar_date,
        bounds.run_date
    from bounds
    cross join {{ date_rows('bounds.first_date', 'bounds.last_date') }}
),

dated as (
    select
        calendar_date,
        run_date,
        {{ iso_weekday('calendar_date') }} as weekday,
        {{ week_start('calendar_date') }} as week_start_date,
        {{ month_start('calendar_date') }} as month_start_date,
        {{ quarter_start('calendar_date') }} as quarter_start_date,
        extract(year from calendar_date) as calendar_year,
        extract(month from calendar_date) as month_of_year
    from days
),

fiscal as (
    select
        *,
        {{ fiscal_month }} as fiscal_month,
        floor((month_of_year + 2) / 3.0) as quarter_of_year,
        floor(({{ fiscal_month }} + 2) / 3.0) as fiscal_quarter,
        case
            when {{ var('fiscal_year_first_month') }} > 1 and month_of_year >= {{ var('fiscal_year_first_month') }}
                then calendar_year + 1
            else calendar_year
        end as fiscal_year
    from dated
),

started as (
    select
        *,
        min(calendar_date) over (partition by fiscal_year, fiscal_quarter) as fiscal_quarter_start_date,
        min(calendar_date) over (partition by fiscal_year) as fiscal_year_start_date
    from fiscal
),

run_days as (select * from started where calendar_date = run_date),

counted as (
    select
        started.*,
        {{ periods_ago("'week'", 'started.week_start_date') }} as weeks_ago,
        {{ periods_ago("'month'", 'started.month_start_date') }} as months_ago,
        {{ periods_ago("'quarter'", 'started.quarter_start_date') }} as quarters_ago,
        run_days.calendar_year - started.calendar_year as years_ago,
        4 * (run_days.fiscal_year - started.fiscal_year) + run_days.fiscal_quarter - started.fiscal_quarter
            as fiscal_quarters_ago,
        run_days.fiscal_year - started.fiscal_year as fiscal_years_ago
    from started
    cross join run_days
)

select
    calendar_date,
    cast(weekday as bigint) as weekday,
    weekday >= 6 as is_weekend,
    week_start_date,
    month_start_date,
    quarter_start_date,
    cast(month_of_year as bigint) as month_of_year,
    cast(quarter_of_year as bigint) as quarter_of_year,
    cast(calendar_year as bigint) as calendar_year,
    cast(calendar_year as string) || '-Q' || cast(cast(quarter_of_year as bigint) as string) as quarter_label,
    cast(fiscal_month as bigint) as fiscal_month,
    cast(fiscal_quarter as bigint) as fiscal_quarter,
    cast(fiscal_year as bigint) as fiscal_year,
    'FY' || cast(fiscal_year as string) || '-Q' || cast(cast(fiscal_quarter as bigint) as string)
        as fiscal_quarter_label,
    fiscal_quarter_start_date,
    fiscal_year_start_date,
    cast({{ days_between('cast(calendar_date as timestamp)', 'cast(run_date as timestamp)') }} as bigint) as days_ago,
    weeks_ago,
    months_ago,
    quarters_ago,
    cast(years_ago as bigint) as years_ago,
    cast(fiscal_quarters_ago as bigint) as fiscal_quarters_ago,
    cast(fiscal_years_ago as bigint) as fiscal_years_ago,
    weeks_ago > 0 as is_week_complete,
    months_ago > 0 as is_month_complete,
    quarters_ago > 0 as is_quarter_complete,
    years_ago > 0 as is_year_complete,
    fiscal_quarters_ago > 0 as is_fiscal_quarter_complete,
    fiscal_years_ago > 0 as is_fiscal_year_complete
from counted
where calendar_date >= cast('{{ var("calendar_first_date") }}' as date)
