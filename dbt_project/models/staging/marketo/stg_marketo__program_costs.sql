-- Grain: one row per program and place in its list of costs, its newest version.
with

source as (
    select * from {{ newest_version(source('marketo', 'program_costs')) }}
),

renamed as (
    select
        -- ids
        program_id,
        cost_index,

        -- strings
        note,

        -- booleans
        coalesce(_is_removed, false) as is_deleted,

        -- numerics
        cost as cost_amount,

        -- dates
        start_date
    from source
)

select * from renamed
