-- Grain: one row per experiment and unit, with what its people and accounts are found by.
with

cells as (select * from {{ ref('experiment_cells') }}),

country_names as (select * from {{ ref('country_names') }}),

-- The seed may spell a country in any way that the seed country_names knows.
keyed as (
    select
        cells.experiment_id,
        cells.unit_kind,
        cells.unit_value,
        cells.cell,
        cells.is_treated,
        cells.recorded_size,
        case
            when cells.unit_kind = 'account' then {{ site_domain('cells.unit_value') }}
            when cells.unit_kind = 'person_bucket' then trim(cells.unit_value)
            else
                coalesce(
                    {{ country_spelling('country_names.country') }},
                    {{ country_spelling(split_part('cells.unit_value', '/', 1)) }}
                )
                || case
                    when cells.unit_kind = 'state'
                        then '/' || {{ normalize_text(split_part('cells.unit_value', '/', 2)) }}
                    else ''
                end
        end as unit_key
    from cells
    left join country_names
        on {{ country_spelling(split_part('cells.unit_value', '/', 1)) }} = country_names.spelling
)

-- Of a unit in two spellings one has its people; where the other is in the other cell, nothing can be told.
select
    *,
    row_number() over (partition by experiment_id, unit_kind, unit_key order by unit_value) = 1 as is_first_spelling,
    unit_key is not null
    and min(case when is_treated then 1 else 0 end) over (partition by experiment_id, unit_kind, unit_key)
    <> max(case when is_treated then 1 else 0 end) over (partition by experiment_id, unit_kind, unit_key)
        as is_in_both_cells
from keyed
