"""Nights of which a part breaks: that part keeps its last published numbers, and everything else is of the night.

One company and one home, broken and mended from night to night in a copy of the project.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from orchestration.demo.simulation import simulate
from orchestration.scoring.projects import copy_project
from tests.e2e.nights import Night

pytestmark = pytest.mark.slow

RATES = "source.touchstone.salesforce.dated_conversion_rate"
FIRST, SECOND, THIRD = "2026-07-01 02:00:00", "2026-07-02 02:00:00", "2026-07-03 02:00:00"
HEADER = "IsoCode,StartDate,NextStartDate,ConversionRate\n"


@dataclass(frozen=True)
class Mart:
    """One row of `publication`."""

    state: str
    run_id: str | None
    as_of: str | None
    row_count: int | None
    content_hash: str | None
    because: str | None
    owner: str | None
    remedy: str | None


@dataclass(frozen=True)
class Story:
    """What each night published, by its name."""

    night: Night
    status: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    marts: dict[str, dict[str, Mart]] = field(default_factory=dict)

    def tell(self, name: str, *, as_of: str) -> None:
        finished = self.night.run(as_of=as_of)
        self.status[name], self.said[name] = finished.returncode, finished.stdout + finished.stderr
        self.look(name)

    def look(self, name: str) -> None:
        rows = self.night.query(
            "select mart, state, run_id, cast(as_of as varchar), row_count, content_hash, because, owner, remedy "
            "from publication"
        )
        self.marts[name] = {mart: Mart(*row) for mart, *row in rows}

    def of(self, name: str, state: str) -> set[str]:
        return {mart for mart, row in self.marts[name].items() if row.state == state}

    def behind(self, *nodes: str) -> set[str]:
        """Names of the marts at or behind some nodes, counted in dbt's manifest."""
        manifest = json.loads((self.night.home / "dbt" / "target" / "manifest.json").read_text())
        found = list(nodes)
        for reached in found:
            found += [child for child in manifest["child_map"][reached] if child not in found]
        models = [manifest["nodes"][name] for name in found if name.startswith("model.")]
        return {node["name"] for node in models if node["fqn"][1] == "marts"}


OF_WHOM = " of a SIMULATED company (300 people, seed 11, marketo-salesforce)"


@contextmanager
def replaced(path: Path, old: str, new: str) -> Iterator[None]:
    """A file with other text for as long as the context lasts."""
    text = path.read_text()
    assert old in text, f"{path} holds no {old!r}"
    path.write_text(text.replace(old, new))
    yield
    path.write_text(text)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A first night with one red mart; a table, a model and an audit broken at once, killed and run twice; mended."""
    folder = tmp_path_factory.mktemp("partial")
    simulate(size=300, seed=11, out=folder / "company")
    project = folder / "project"
    copy_project(project)
    told = Story(Night(landing=folder / "company" / "landing", home=folder / "home", project=project))
    audits = project / "expectations" / "marts"
    channels = project / "dbt_project" / "models" / "marts" / "web" / "dim_channels.sql"
    rates = told.night.landing / "salesforce" / "DatedConversionRate" / "late.csv"
    harmless = "future_count, max_value: 0}\n    severity: warning"
    red = "future_count, max_value: -1}\n    severity: critical"

    with replaced(audits / "fct_load_ledger.yml", "unbalanced_count, max_value: 0", "unbalanced_count, max_value: -1"):
        told.tell("first", as_of=FIRST)
    rates.write_text(HEADER + "EUR,soon,,1.1\n" * 9)
    with (
        replaced(channels, "select channel, cast(", "select no_such_column, channel, cast("),
        replaced(audits / "fct_touchpoints.yml", harmless, red),
    ):
        told.status["killed"] = int(told.night.run_until("audit fct_load_ledger", as_of=SECOND))
        told.look("killed")
        told.tell("broken", as_of=SECOND)
        told.tell("broken again", as_of=SECOND)
    rates.write_text(HEADER + "EUR,2024-12-01,,0.9\n")
    told.tell("mended", as_of=THIRD)
    return told


def test_a_first_night_with_one_red_mart_publishes_the_others(story: Story) -> None:
    assert story.status["first"] == 1, story.said["first"]
    assert story.of("first", "absent") == {"fct_load_ledger"}
    ledger = story.marts["first"]["fct_load_ledger"]
    assert (ledger.run_id, ledger.row_count) == (None, None)
    assert ledger.because == "marts/fct_load_ledger no_row_lost: unbalanced_count is 0; expected at most -1"
    count = len(story.marts["first"])
    assert len(story.of("first", "fresh")) == count - 1
    headline = (
        f"Published {count - 1} of {count} marts{OF_WHOM}; never published yet: fct_load_ledger "
        f"(because {ledger.because})"
    )
    assert headline in story.said["first"]


def test_a_killed_night_leaves_the_publication_and_offers_nothing(story: Story) -> None:
    assert story.status["killed"] == 1, "the night never reached its audit"
    assert story.marts["killed"] == story.marts["first"]


def test_a_red_table_stops_the_marts_that_read_it_and_no_other(story: Story) -> None:
    assert story.status["broken"] == 1, story.said["broken"]
    red = story.behind(RATES)
    others = {"dim_channels", *story.behind("model.touchstone.fct_touchpoints")}
    assert {"fct_opportunities", "fct_ad_spend", "fct_reconciliation"} <= red
    assert story.of("broken", "carried") == red | others
    assert story.of("broken", "fresh") == set(story.marts["broken"]) - red - others
    assert {"dim_people", "fct_stage_transitions", "fct_speed_to_lead", "fct_load_ledger"} <= story.of(
        "broken", "fresh"
    )
    for mart, row in story.marts["broken"].items():
        assert row.as_of == (FIRST if row.state == "carried" else SECOND), mart


def test_a_mart_kept_back_is_the_one_published_last_and_says_why(story: Story) -> None:
    before, now = story.marts["first"], story.marts["broken"]
    for mart in story.of("broken", "carried"):
        assert now[mart].run_id == before[mart].run_id, mart
        assert (now[mart].row_count, now[mart].content_hash) == (before[mart].row_count, before[mart].content_hash)
    opportunities, channels, touches = (now[m] for m in ("fct_opportunities", "dim_channels", "fct_touchpoints"))
    assert opportunities.because == (
        "salesforce/dated_conversion_rate quarantine_rate: quarantine_rate is 100 %; expected at most 5 %"
    )
    assert opportunities.owner == "Revenue Operations <revenue-operations@example.com>"
    assert "compare the file with the contract" in str(opportunities.remedy)
    assert str(channels.because).startswith("dim_channels: Binder Error")
    assert touches.because == "marts/fct_touchpoints none_from_the_future: future_count is 0; expected at most -1"
    said = story.said["broken"]
    assert (
        f"Published {len(now) - len(story.of('broken', 'carried'))} of {len(now)} marts{OF_WHOM}; kept yesterday's: "
        in said
    )
    for row in (opportunities, channels, touches):
        assert f"because {row.because}" in said
        assert f"owner: {row.owner}" in said


def test_running_a_broken_night_twice_changes_nothing(story: Story) -> None:
    assert story.status["broken again"] == 1
    once, twice = (
        {mart: (row.state, row.content_hash, row.because) for mart, row in story.marts[name].items()}
        for name in ("broken", "broken again")
    )
    assert once == twice


def test_a_mended_night_renews_every_mart(story: Story) -> None:
    assert story.status["mended"] == 0, story.said["mended"]
    assert story.of("mended", "fresh") == set(story.marts["mended"])
    assert {row.as_of for row in story.marts["mended"].values()} == {THIRD}
    assert f"Published {len(story.marts['mended'])} of {len(story.marts['mended'])} marts" in story.said["mended"]
