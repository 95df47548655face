-- Grain: one row per country, named as the records of people and accounts name it, with its territory.
with

territories as (select * from {{ ref('territories') }}),

country_names as (select * from {{ ref('country_names') }})

select
    coalesce(country_names.country, trim(territories.country)) as country,
    min(territories.territory) as territory
from territories
left join country_names on {{ country_spelling('territories.country') }} = country_names.spelling
group by coalesce(country_names.country, trim(territories.country))
