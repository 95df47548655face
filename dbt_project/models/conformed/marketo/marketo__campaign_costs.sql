-- Grain: one row per period cost of a program, or per program of which one sum alone is told.
-- A period cost is of the month that it starts in. A program's single sum counts where nothing tells its periods.
with

newest as (
    select
        *,
        coalesce(start_date, {{ reporting_date('coalesce(created_at, updated_at)') }}) as first_date
    from {{ ref('stg_marketo__programs') }}
    where is_newest
),

programs as (select * from newest where not coalesce(is_deleted, false)),

program_costs as (select * from {{ ref('stg_marketo__program_costs') }} where not is_deleted),

listed as (
    select
        programs.program_id,
        programs.first_date,
        {{ try_cast('substr(' ~ listed_value('startDate') ~ ', 1, 10)', 'date') }} as start_date,
        {{ try_cast(listed_value('cost'), 'decimal(18, 2)') }} as amount
    from programs
    cross join {{ json_list_rows('programs.listed_costs', ['startDate', 'cost', 'note']) }}
),

listing as (select distinct program_id from listed where amount is not null),

-- Of equal costs of one month nothing tells one from the other but their number.
periods as (
    select
        program_id,
        'listed' as told_in,
        row_number() over (partition by program_id order by start_date asc, amount asc) as cost_number,
        coalesce(start_date, first_date) as start_date,
        amount
    from listed
    union all
    select
        program_costs.program_id,
        'table' as told_in,
        program_costs.cost_index as cost_number,
        program_costs.start_date,
        program_costs.cost_amount as amount
    from program_costs
    left join newest on program_costs.program_id = newest.program_id
    left join listing on program_costs.program_id = listing.program_id
    where listing.program_id is null and not coalesce(newest.is_deleted, false)
),

told as (
    select
        cast(program_id as string) || ':' || told_in || ':' || cast(cost_number as string) as cost_id,
        program_id,
        start_date,
        start_date as end_date,
        amount
    from periods
    union all
    select
        cast(program_id as string) as cost_id,
        program_id,
        first_date as start_date,
        case when end_date >= first_date then end_date else first_date end as end_date,
        cost_amount as amount
    from programs
    where program_id not in (select periods.program_id from periods)
)

select
    cost_id,
    'map_program' as cost_source,
    'actual' as cost_kind,
    'marketo:' || cast(program_id as string) as campaign_id,
    start_date,
    end_date,
    amount
from told
where amount <> 0
