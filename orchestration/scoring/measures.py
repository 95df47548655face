"""How near the warehouse comes to the truth: one query per score, over `truth.*` and the warehouse's own schemas.

Each query returns rows of (subject, value, matched, total): what is measured, the score, and the two counts behind it
(null where the score is no share). A record or touch that the truth marks as not recoverable is never asked for, and a
measure that the company's systems give no ground for is left out, with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.demo.stacks import Stack
from orchestration.scoring import of_experiments, of_links, of_money, of_people, of_the_funnel
from orchestration.scoring.of_the_funnel import score_at_mql
from orchestration.scoring.withstood import WITHSTOOD


@dataclass(frozen=True)
class Need:
    """What a company must have for a measure, and what is said of one that has not."""

    is_met: Callable[[Stack], bool]
    reason: str


@dataclass(frozen=True)
class Measure:
    """A family of scores: `limit` is the floor of every subject, or the ceiling where less is better; None is none.

    `subject` names the scores where they are left out because `need` is not met.
    """

    family: str
    sql: str
    limit: float | None
    is_ceiling: bool = False
    need: Need | None = None
    subject: str = "all"


PEOPLE = Need(lambda stack: stack.has_people, "no extract holds people")
MAILINGS = Need(lambda stack: stack.has_map, "nobody sends mailings")
SCORE_HISTORY = Need(lambda stack: stack.map_system in ("marketo", "hubspot"), "no log tells the score of an instant")
PARTS_OF_SCORES = Need(lambda stack: stack.map_system == "marketo", "no platform tells the parts of its score")
BILLING = Need(lambda stack: stack.has_billing, "no finance tool delivers its bills")
TWO_SYSTEMS = Need(lambda stack: not stack.is_single, "one system plays both parts")


MEASURES = (
    Measure("identity", of_people.IDENTITY, None, need=PEOPLE),
    Measure("account match", of_people.ACCOUNT_MATCH, 0.99, need=PEOPLE),
    Measure("consent", of_people.CONSENT, 0.99, need=MAILINGS),
    Measure("stage transitions", of_the_funnel.STAGES, 0.99, need=PEOPLE),
    Measure("stage transitions", of_the_funnel.STAGE_TIMES, 0.99, need=PEOPLE, subject="instants"),
    Measure("stage transitions", of_the_funnel.STAGE_TIME_ERRORS, 1.0, True, need=PEOPLE, subject="errors"),
    Measure("stage transitions", of_the_funnel.STAGE_MARKS, 0.95, need=PEOPLE, subject="marks"),
    Measure("MQLs", score_at_mql("fit_score", truth="fit"), 0.99, need=PARTS_OF_SCORES, subject="fit score"),
    Measure(
        "MQLs", score_at_mql("engagement_score", truth="engagement"), 0.99, need=PARTS_OF_SCORES,
        subject="engagement score",
    ),
    Measure(
        "MQLs", score_at_mql("total_score", truth="passes.fit + passes.engagement"), 0.99, need=SCORE_HISTORY,
        subject="total score",
    ),
    Measure("MQLs", of_the_funnel.SPEED, 0.99, need=PEOPLE, subject="business seconds"),
    Measure("touchpoints", of_people.TOUCHPOINTS, 0.99, need=PEOPLE),
    Measure("self-reported sources", of_people.SELF_REPORTED, 0.99, need=PEOPLE),
    Measure("repairs of links", of_links.REPAIRS, 0.98),
    Measure("unidentified traffic", of_people.UNIDENTIFIED_TRAFFIC, 0.99),
    Measure("opportunities", of_the_funnel.OPPORTUNITIES, 0.99),
    Measure("core counts, error", of_the_funnel.CORE_COUNTS.replace("{holders}", "holder <> 'map'"), 0.01, True),
    Measure(
        "core counts, error", of_the_funnel.CORE_COUNTS.replace("{holders}", "holder = 'map'"), 0.01, True,
        need=TWO_SYSTEMS, subject="of the map",
    ),
    Measure(
        "reconciliation classes", of_the_funnel.RECONCILIATION_CLASSES, 0.99, need=TWO_SYSTEMS, subject="of records",
    ),
    Measure("bills and won deals", of_the_funnel.BILLING_CLASSES, 0.99, need=BILLING, subject="of records"),
    Measure("hygiene", of_the_funnel.HYGIENE, 0.99, need=PEOPLE, subject="of records"),
    Measure("costs", of_money.COSTS, 1.0),
    Measure("platform claims", of_money.CLAIMS, 1.0),
    Measure("platform claims", of_money.HELD, 0.05, True, need=PEOPLE, subject="forms held"),
    Measure("reconciliation bridge", of_the_funnel.BRIDGE, 0.0, True),
    Measure("experiments", of_experiments.EXPERIMENTS, 0.5, need=PEOPLE),
    Measure("experiments", of_experiments.PEOPLE_OF_CELLS, 0.05, True, need=PEOPLE, subject="people"),
    Measure("forecasts of revenue", of_the_funnel.FORECASTS, 0.8),
    Measure("faults withstood", WITHSTOOD, 0.99),
)  # fmt: skip
# Floors that differ from their family's.
LIMITS = {
    ("identity", "precision"): 0.999,
    ("identity", "recall"): 0.98,
    ("identity", "F1"): 0.995,
}
