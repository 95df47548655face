-- Grain: one row per region and local calendar day, from the first inquiry or MQL until past every promise of today's.
with

calendars as (select * from {{ ref('business_calendars') }}),

holidays as (select * from {{ ref('holidays') }}),

transitions as (
    select * from {{ ref('int_stage_transitions') }}
    where stage in ('inquiry', 'mql')
),

-- A day each way: somewhere it is already tomorrow, or still yesterday. What is promised falls due within the margin.
bounds as (
    select
        cast({{ add_days('coalesce(min(entered_at), ' ~ as_of() ~ ')', -2) }} as date) as first_date,
        cast({{ add_days(as_of(), 60) }} as date) as last_date
    from transitions
),

local_days as (
    select cast(days.day as date) as local_date
    from bounds
    cross join {{ date_rows('bounds.first_date', 'bounds.last_date') }}
),

regions as (select distinct region, time_zone from calendars),

opened as (
    select
        regions.region,
        regions.time_zone,
        local_days.local_date,
        case
            when holidays.region is null
                then {{ local_to_utc(
                    "cast(cast(local_days.local_date as string) || ' ' || calendars.opens_at || ':00' as timestamp)",
                    'regions.time_zone'
                ) }}
        end as opens_at,
        case
            when holidays.region is not null then null
            when calendars.closes_at = '24:00'
                then {{ local_to_utc(
                    'cast(' ~ add_days('local_days.local_date', 1) ~ ' as timestamp)', 'regions.time_zone'
                ) }}
            else {{ local_to_utc(
                "cast(cast(local_days.local_date as string) || ' ' || calendars.closes_at || ':00' as timestamp)",
                'regions.time_zone'
            ) }}
        end as closes_at
    from local_days
    cross join regions
    left join calendars
        on
            regions.region = calendars.region
            and {{ iso_weekday('local_days.local_date') }} = calendars.weekday
    left join holidays
        on
            regions.region = holidays.region
            and local_days.local_date = holidays.holiday_date
),

measured as (
    select
        *,
        coalesce({{ seconds_between('opens_at', 'closes_at') }}, 0) as open_seconds
    from opened
),

final as (
    select
        region,
        local_date,
        time_zone,
        opens_at,
        closes_at,
        open_seconds,
        coalesce(
            sum(open_seconds) over (
                partition by region order by local_date rows between unbounded preceding and 1 preceding
            ), 0
        ) as seconds_before
    from measured
)

select * from final
