"""Who and what is in a published number, and what entered and left it between two publications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.explaining.options import FILTERS
from orchestration.explaining.periods import Period
from orchestration.ingestion.ledger import literal
from orchestration.policy.findings import nearest
from orchestration.seeds import values
from orchestration.settings import BadSettings, Settings

MART = "fct_metric_members"
SKIPPED = "skipped; counted with the next stage, told by"


@dataclass(frozen=True)
class Question:
    """A number: its metric, its days, and the columns that hold one value each.

    `is_stamped` leaves out who skipped a stage, as the core counts of the reconciliation do.
    """

    asked: str
    metric: str
    is_stamped: bool
    period: Period
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Member:
    """One person or opportunity of a number, and the record that tells of it; empty texts where nothing does."""

    entity: str
    entity_id: str
    account_id: str | None
    channel: str
    segment: str
    counted_date: date
    counted_value: Decimal
    evidence: str
    system: str | None
    object: str | None
    field: str | None
    source_record_id: str | None


@dataclass(frozen=True)
class Answer:
    """A number as a publication holds it: its members in order of their day, and the run that they are of."""

    as_of: datetime
    run_id: str
    members: tuple[Member, ...]

    @property
    def total(self) -> Decimal:
        """The number itself: people, opportunities or money."""
        return sum((member.counted_value for member in self.members), Decimal(0))


@dataclass(frozen=True)
class Change:
    """A member of only one of two publications, or of both with another day or value; None where it was not in."""

    before: Member | None
    after: Member | None


def ask(metric: str, period: Period, where: Mapping[str, str], *, published: Path) -> Question:
    """What is asked of the publication; raises BadSettings where there is no such metric or value.

    A metric is `<stage>_people`, or the stage alone, or a core count: of a stage that leaves out who skipped it.
    """
    counts = dict(values("core_counts", "core_count", "stage"))
    stages = {stage: f"{stage}_people" for (stage,) in values("lifecycle_stages", "stage")}
    known = {**{name: name for name in stages.values()}, **stages, **{name: name for name in counts}}
    if metric not in known:
        names = sorted({*stages.values(), *counts})
        raise BadSettings(f"{metric!r} is no metric{_meant(metric, list(known))}; there are {', '.join(names)}")
    with _open(published) as connection:
        for option, value in where.items():
            _require(connection, option, value)
    stage = counts.get(metric)
    return Question(metric, stages[stage] if stage else known[metric], bool(stage), period, where)


def answer(question: Question, *, published: Path) -> Answer:
    """The members of the number in one publication's database."""
    condition, parameters = _condition(question)
    columns = ", ".join(Member.__dataclass_fields__)
    with _open(published) as connection:
        rows = connection.execute(
            f"select {columns} from {MART} where {condition} order by counted_date, entity_id", parameters
        ).fetchall()
        as_of, run_id = connection.execute("select as_of, run_id from publication where mart = ?", [MART]).fetchall()[0]
    return Answer(as_of, run_id, tuple(Member(*row) for row in rows))


def compare(before: Answer, after: Answer) -> tuple[Change, ...]:
    """Who entered and who left, or counts on another day or with another value."""
    earlier, later = ({member.entity_id: member for member in told.members} for told in (before, after))
    told = (Change(earlier.get(name), later.get(name)) for name in sorted({*earlier, *later}))
    return tuple(change for change in told if _counts(change.before) != _counts(change.after))


def publication_of(settings: Settings, day: date) -> Path:
    """The database of the newest publication as of `day` or before; raises BadSettings where none is kept."""
    kept: dict[datetime, Path] = {}
    for database in (settings.home / "publications").glob(f"*/{settings.published_database.name}"):
        with duckdb.connect(str(database), read_only=True) as connection:
            told = "select as_of from marts.publication where mart = ? and state <> 'absent'"
            kept.update((as_of, database) for (as_of,) in connection.execute(told, [MART]).fetchall())
    fitting = [as_of for as_of in kept if as_of.replace(tzinfo=UTC).date() <= day]
    if not fitting:
        days = ", ".join(sorted({f"{as_of:%Y-%m-%d}" for as_of in kept})) or "none"
        raise BadSettings(f"no publication of {day} or before is kept below {settings.home}; kept are {days}")
    return kept[max(fitting)]


def rules(members: Sequence[Member]) -> list[tuple[str, Decimal]]:
    """What tells of the members, with what they add up to, the most first."""
    told: dict[str, Decimal] = {}
    for member in members:
        record = " ".join(part for part in (member.system, member.object, member.field) if part)
        is_skipped = member.evidence == "skipped"
        rule = f"{SKIPPED} {record}" if is_skipped else f"{record} ({member.evidence})"
        told[rule] = told.get(rule, Decimal(0)) + member.counted_value
    return sorted(told.items(), key=lambda item: (-item[1], item[0]))


def _counts(member: Member | None) -> tuple[date, Decimal] | None:
    return member and (member.counted_date, member.counted_value)


def _condition(question: Question) -> tuple[str, list[object]]:
    parts = ["metric = ?", "counted_date between ? and ?"]
    parameters: list[object] = [question.metric, question.period.start, question.period.end]
    if question.is_stamped:
        parts.append("evidence <> 'skipped'")
    for option, value in question.where.items():
        parts.append(f"{FILTERS[option]} = ?")
        parameters.append(value)
    return " and ".join(parts), parameters


def _require(connection: duckdb.DuckDBPyConnection, option: str, value: str) -> None:
    column = FILTERS[option]
    known = [name for (name,) in connection.execute(f"select distinct {column} from {MART} order by 1").fetchall()]
    if value not in known:
        few = f"; there are {', '.join(known)}" if len(known) <= 30 else ""
        raise BadSettings(f"no member has the {option} {value!r}{_meant(value, known)}{few}")


def _meant(value: str, known: Sequence[str]) -> str:
    found = nearest(value, known)
    return f" (did you mean {found!r}?)" if found else ""


def _open(database: Path) -> duckdb.DuckDBPyConnection:
    if not database.exists():
        raise BadSettings(f"{database} is not there: nothing was published yet; run `make nightly`")
    connection = duckdb.connect(str(database), read_only=True)
    has_members = connection.execute(
        f"select 1 from duckdb_tables() where schema_name = 'marts' and table_name = {literal(MART)}"
    ).fetchall()
    connection.execute("use marts")
    if not has_members:
        connection.close()
        raise BadSettings(
            f"{database} has no {MART}: it was published before that was, or held back; see `publication`"
        )
    return connection
