-- Grain: one row per region, local calendar day and span of it, each from an opening to before the next one; the first
-- begins with the day, and a closed day is one span. From the first inquiry or MQL until past every promise of today's.
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
    select
        cast(days.day as date) as local_date,
        {{ add_days('days.day', 1) }} as next_date
    from bounds
    cross join {{ date_rows('bounds.first_date', 'bounds.last_date') }}
),

regions as (select distinct region, time_zone from calendars),

shifts as (
    select
        calendars.region,
        local_days.local_date,
        cast(local_days.next_date as date) as next_date,
        {{ padded('calendars.opens_at') }} as opens_at,
        {{ padded('calendars.closes_at') }} as closes_at
    from local_days
    inner join calendars on {{ iso_weekday('local_days.local_date') }} = calendars.weekday
    left join holidays
        on
            calendars.region = holidays.region
            and local_days.local_date = holidays.holiday_date
    where holidays.region is null
),

-- A shift over midnight is worked on two days; a holiday closes what begins on it.
worked as (
    select
        region,
        local_date,
        opens_at,
        case when closes_at > opens_at then closes_at else '24:00' end as closes_at
    from shifts
    union all
    select region, next_date, '00:00', closes_at
    from shifts
    where closes_at <= opens_at and closes_at > '00:00'
),

opened as (
    select
        regions.region,
        regions.time_zone,
        local_days.local_date,
        {{ local_to_utc(
            "cast(cast(local_days.local_date as string) || ' ' || worked.opens_at || ':00' as timestamp)",
            'regions.time_zone'
        ) }} as opens_at,
        case
            when worked.closes_at = '24:00'
                then {{ local_to_utc('cast(local_days.next_date as timestamp)', 'regions.time_zone') }}
            else {{ local_to_utc(
                "cast(cast(local_days.local_date as string) || ' ' || worked.closes_at || ':00' as timestamp)",
                'regions.time_zone'
            ) }}
        end as closes_at
    from local_days
    cross join regions
    left join worked
        on
            regions.region = worked.region
            and local_days.local_date = worked.local_date
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
        lag(opens_at) over (partition by region, local_date order by opens_at) is null as is_first_of_day,
        lead(opens_at) over (partition by region, local_date order by opens_at) as next_opens_at,
        coalesce(
            sum(open_seconds) over (
                partition by region order by local_date, opens_at rows between unbounded preceding and 1 preceding
            ), 0
        ) as seconds_before
    from measured
)

select * from final
