-- Grain: one row per stage entry by the run's instant, with the pass through the funnel that it falls in.
with

entries as (select * from {{ ref('int_stage_entries_compared') }}),

-- What ends a pass, and what may begin one.
sided as (
    select
        *,
        case
            when is_echo then null
            when ends_pass then 'end'
            when is_repeatable and counts_anywhere then 'start'
        end as side
    from entries
),

-- After an end, what may begin no pass is not heard.
followed as (
    select
        *,
        {{ last_known(
            'side',
            'partition by person_id order by entered_at, stage_order, stage_entry_id'
            ~ ' rows between unbounded preceding and 1 preceding'
        ) }} as side_before
    from sided
),

final as (
    select
        stage_entry_id,
        person_id,
        stage,
        stage_order,
        is_on_path,
        ends_pass,
        counts_anywhere,
        entered_at,
        evidence,
        system,
        object,
        source_record_id,
        person_record_id,
        opportunity_id,
        stream,
        is_restamped,
        is_echo,
        not is_echo
        and (side is not null or not is_repeatable or coalesce(side_before = 'start', true)) as is_heard,
        cast(1 + sum(case when side = 'start' and side_before = 'end' then 1 else 0 end) over (
            partition by person_id
            order by entered_at, stage_order, stage_entry_id
            rows between unbounded preceding and current row
        ) as bigint) as pass_number
    from followed
)

select * from final
