"""What experiments of the simulated company say, beside what the channel really brought and what attribution says."""

from dataclasses import dataclass

import duckdb
from rich.box import SIMPLE
from rich.table import Column, Table

EXPERIMENTS = """
    select 'true lift within the interval' as subject, avg((experiments.lift between lift_low and lift_high)::int),
        count(*) filter (where experiments.lift between lift_low and lift_high), count(*)
    from truth.experiments as experiments
    inner join marts.fct_experiments as found using (experiment_id)
    where is_asked and verdict not in ('running', 'too_few')
    having count(*) > 0
"""
PEOPLE_OF_CELLS = """
    select 'people of the cells, error' as subject,
        sum(abs(treated_value - treated_people) + abs(control_value - control_people))
        / sum(treated_people + control_people),
        sum(treated_value + control_value), sum(treated_people + control_people)
    from truth.experiments
    inner join marts.fct_experiments using (experiment_id)
    where is_asked
    having count(*) > 0
"""
ANSWERS = """
    select experiments.experiment_id, experiments.channel, experiments.lift, found.lift, found.lift_low,
        found.lift_high, found.visible_lift, found.verdict,
        max(attributed) filter (where attribution_model = 'last_touch'),
        max(attributed) filter (where attribution_model = 'first_touch')
    from truth.experiments as experiments
    inner join marts.fct_experiments as found using (experiment_id)
    left join marts.fct_experiment_comparison as compared using (experiment_id, metric)
    where found.is_asked
    group by all
    order by experiments.experiment_id
"""


@dataclass(frozen=True)
class Answer:
    """What is said of one experiment: people whom the channel brought; None where nothing can be said."""

    experiment_id: str
    channel: str
    true_lift: int
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    visible_lift: float | None
    verdict: str
    last_touch: float | None
    first_touch: float | None


def answers_of(connection: duckdb.DuckDBPyConnection) -> list[Answer]:
    """Every experiment of the company; empty where it runs none."""
    return [Answer(*row) for row in connection.execute(ANSWERS).fetchall()]


def table_of(answers: list[Answer]) -> Table:
    """A line an experiment: the truth, the experiment's word with its interval, and attribution's."""
    names = ("brought", "experiment says", "from", "to", "visible from", "verdict", "last touch", "first touch")
    table = Table(
        Column("people brought in the test", no_wrap=True), "channel",
        *(Column(name, justify="right") for name in names), box=SIMPLE,
    )  # fmt: skip
    for answer in answers:
        told = (answer.true_lift, answer.lift, answer.lift_low, answer.lift_high, answer.visible_lift)
        table.add_row(
            answer.experiment_id, answer.channel, *map(_number, told), answer.verdict, _number(answer.last_touch),
            _number(answer.first_touch),
        )  # fmt: skip
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
