"""What an opportunity looked like at its last change of each day."""


def deal_versions(touched: str, *, lag: int = 0) -> str:
    """The CTEs `changes` and `versions`: an opportunity as it stood at its last change of a day, shown `lag` s later.

    `touched` names the rows (deal, ts) that changed something else of it.
    """
    return f"""
        changes as (
            select deal, ts, stage, amount, close_day, false as gone from deal_stages
            union all by name select deal, ts, false as gone from {touched}
            union all by name select deal, deleted_at as ts, true as gone from deals where deleted_at is not null
        ),
        versions as (
            select deal, ts, last_value(stage ignore nulls) over w as stage,
                last_value(amount ignore nulls) over w as amount,
                last_value(close_day ignore nulls) over w as close_day, gone
            from changes
            window w as (partition by deal order by ts, stage rows between unbounded preceding and current row)
            qualify row_number() over (
                partition by deal, day_number(ts + {lag}) order by ts desc, stage desc nulls first
            ) = 1
        )
    """
