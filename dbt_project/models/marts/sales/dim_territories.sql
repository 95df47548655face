-- Grain: one row per territory that a country or an owner has, and one for unknown.
with

territories as (select * from {{ ref('territories') }}),

calendars as (select * from {{ ref('business_calendars') }}),

owners as (select * from {{ ref('int_sales_owners') }}),

named as (
    select territory from territories
    union
    select territory from owners
    union
    select 'unknown' as territory
),

country_counts as (
    select
        territory,
        count(*) as country_count
    from territories
    group by territory
),

regions as (
    select
        region,
        min(time_zone) as time_zone,
        count(distinct weekday) as business_day_count
    from calendars
    group by region
)

-- Whoever has no calendar works by the default one.
select
    named.territory,
    coalesce(regions.region, defaults.region) as region,
    coalesce(regions.time_zone, defaults.time_zone) as time_zone,
    cast(coalesce(regions.business_day_count, defaults.business_day_count) as bigint) as business_day_count,
    cast(coalesce(country_counts.country_count, 0) as bigint) as country_count
from named
left join country_counts on named.territory = country_counts.territory
left join regions on named.territory = regions.region
left join regions as defaults on defaults.region = 'default'
where named.territory is not null
