-- Grain: one row per experiment that is over, way to deal its units out to two cells, and unit. Assignment 0 is that of
-- the lot. Up to 12 units it is every other way there is, else 999 that hashes draw, so that two builds agree.
{%- set most_units = 12 %}
with

experiments as (select * from {{ ref('int_experiments') }} where not is_running),

units as (
    select
        units.experiment_id,
        units.unit_value,
        units.is_treated,
        row_number() over (partition by units.experiment_id order by units.unit_value) - 1 as unit_number,
        count(*) over (partition by units.experiment_id) as unit_count,
        sum(case when units.is_treated then 1 else 0 end) over (partition by units.experiment_id) as treated_count
    from {{ ref('int_experiment_units') }} as units
    inner join experiments on units.experiment_id = experiments.experiment_id
    where units.found_size > 0
),

{{ numbered('low', 'low', 64) }},

{{ numbered('high', 'high', 64) }},

{{ numbered('tens', 'ten', 100) }},

{{ numbered('ones', 'one', 10) }},

-- Each bit of a number says of a unit whether it is treated.
subsets as (
    select 64 * high.high + low.low as assignment
    from high
    cross join low
    where 64 * high.high + low.low > 0
),

powers as (
    {% for number in range(most_units) -%}
        select
            {{ number }} as unit_number,
            {{ 2 ** number }} as power
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

marked as (
    select
        units.experiment_id,
        subsets.assignment,
        units.unit_value,
        units.is_treated,
        units.treated_count,
        {{ whole_times('subsets.assignment', 'powers.power') }} % 2 = 1 as is_drawn
    from units
    inner join powers on units.unit_number = powers.unit_number
    inner join subsets
        on
            subsets.assignment < case units.unit_count
                {% for number in range(1, most_units + 1) -%}
                    when {{ number }} then {{ 2 ** number }}
                {% endfor %}
            end
    where units.unit_count <= {{ most_units }}
),

-- As many treated as by the lot; and not the lot itself.
others as (
    select experiment_id, assignment
    from marked
    group by experiment_id, assignment
    having
        sum(case when is_drawn then 1 else 0 end) = max(treated_count)
        and sum(case when is_drawn = is_treated then 0 else 1 end) > 0
),

draws as (
    select 10 * tens.ten + ones.one as assignment
    from tens
    cross join ones
    where 10 * tens.ten + ones.one > 0
),

shuffled as (
    select
        units.*,
        draws.assignment,
        row_number() over (
            partition by units.experiment_id, draws.assignment
            order by {{ hash_key(['units.experiment_id', 'draws.assignment', 'units.unit_value']) }}, units.unit_value
        ) as place
    from units
    cross join draws
    where units.unit_count > {{ most_units }}
)

select
    experiment_id,
    cast(0 as bigint) as assignment,
    unit_value,
    is_treated,
    unit_count <= {{ most_units }} as is_every_way
from units
union all
select
    marked.experiment_id,
    cast(marked.assignment as bigint),
    marked.unit_value,
    marked.is_drawn,
    true
from marked
inner join others on marked.experiment_id = others.experiment_id and marked.assignment = others.assignment
union all
select
    experiment_id,
    cast(assignment as bigint),
    unit_value,
    place <= treated_count,
    false
from shuffled
