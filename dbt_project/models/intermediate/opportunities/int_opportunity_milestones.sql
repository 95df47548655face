-- Grain: one row per opportunity: when it was accepted, when it closed for the last time, and the last stage of it that
-- nobody declared, which is no acceptance.
with

history as (select * from {{ ref('int_opportunity_history') }}),

steps as (
    select
        opportunity_id,
        valid_from,
        stage_name,
        is_pending_acceptance,
        is_closed,
        is_won,
        is_stage_known,
        lag(is_closed) over (partition by opportunity_id order by valid_from) as was_closed,
        lag(is_won) over (partition by opportunity_id order by valid_from) as was_won
    from history
    where stage_name is not null
),

-- Pending straight to lost is a rejection, not an acceptance.
final as (
    select
        opportunity_id,
        min(
            case when is_stage_known and not is_pending_acceptance and (is_won or not is_closed) then valid_from end
        ) as accepted_at,
        max(
            case when is_closed and (not coalesce(was_closed, false) or was_won <> is_won) then valid_from end
        ) as last_closed_at,
        sum(case when was_closed and not is_closed then 1 else 0 end) as reopened_count,
        max_by(stage_name, case when not is_stage_known then valid_from end) as undeclared_stage_name
    from steps
    group by opportunity_id
)

select * from final
