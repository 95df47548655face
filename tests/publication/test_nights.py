"""Table `night` and the history of checks: told beside the marts, also when a night published nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import settings as places
from orchestration.automation import NIGHTLY
from orchestration.lineage import Failure
from orchestration.publication import checked, closing, listing, nights
from orchestration.publication.candidates import Candidates
from orchestration.publication.publishing import publish
from orchestration.quality.tally import Tally, evaluations

RED = Failure("marts/fct_a credit_conserved", "3 too many", "Ops <ops@example.com>", "Look.")


@pytest.fixture
def settings(tmp_path: Path) -> places.Settings:
    """A home whose warehouse holds two marts."""
    loaded = places.load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_AS_OF": "2026-07-02T02:00:00"})
    loaded.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(loaded.warehouse)) as work:
        work.execute("create schema marts; create table marts.fct_a as select 1 as n")
        work.execute("create table marts.fct_b as from marts.fct_a")
    return loaded


def _publish(settings: places.Settings, run_id: str, *, held: tuple[str, ...] = (), day: int = 1) -> None:
    as_of = datetime(2026, 7, day, 2, tzinfo=UTC)
    passed = tuple(mart for mart in ("fct_a", "fct_b") if mart not in held)
    publish(
        settings,
        run_id=run_id,
        candidates=Candidates(run_id, as_of, passed, dict.fromkeys(held, RED)),
        checks=Tally(passed=3, warned=1),
        results=[_result(run_id, nights.utc(as_of), "passed")],
        started_at=datetime(2026, 7, day, 1, 55),
    )


def _result(run_id: str, as_of: datetime, status: str) -> nights.CheckResult:
    told = ("critical", "1", "at least 1", "row_count is 1", None, "Ops", "Look.", "docs/runbooks/checks.md")
    return nights.CheckResult(f"{run_id}-has_rows", run_id, as_of, "marts/fct_a", "fct_a", "has_rows", status, *told)


def _query(settings: places.Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.published_database), read_only=True) as published:
        return published.execute(sql).fetchall()


def test_a_night_that_published_says_whose_numbers_are_shown(settings: places.Settings) -> None:
    _publish(settings, "a")
    _publish(settings, "b", held=("fct_a",), day=2)
    columns = "run_id, outcome, published_mart_count, kept_mart_count, warned_check_count, owner, publication_run_id"
    assert _query(settings, f"select {columns} from marts.night") == [
        ("b", "partly_published", 1, 1, 1, RED.owner, "b")
    ]
    ages = "numbers_as_of, oldest_numbers_as_of, numbers_age_hours, started_at, message"
    [(newest, oldest, age, started_at, message)] = _query(settings, f"select {ages} from marts.night")
    assert (newest, oldest, age) == (datetime(2026, 7, 2, 2), datetime(2026, 7, 1, 2), 0)
    assert started_at == datetime(2026, 7, 2, 1, 55)
    assert message.startswith("1 of 2 marts are as of 2026-07-02 02:00 UTC; 1 show an earlier night")
    assert "credit_conserved" in message


def test_checks_of_every_night_are_kept_and_a_replay_adds_none(settings: places.Settings) -> None:
    _publish(settings, "a", day=2)
    _publish(settings, "b", day=3)
    _publish(settings, "replay", day=1)
    expected = [("a", datetime(2026, 7, 2, 2)), ("b", datetime(2026, 7, 3, 2))]
    assert _query(settings, "select run_id, as_of from marts.fct_check_results order by as_of") == expected


def test_a_failed_night_is_told_beside_the_marts_published_last(settings: places.Settings) -> None:
    _publish(settings, "a")
    files = {file.name: file.stat().st_ino for file in (settings.published / "parquet").iterdir()}
    with dg.DagsterInstance.ephemeral() as instance:
        run = _failed_run(instance)
        with duckdb.connect(str(settings.published_database), read_only=True) as reader:
            assert closing.close(instance, run, settings=settings)
            # Who has the file open reads on what there was.
            assert reader.execute("select outcome from marts.night").fetchall() == [("published",)]
        assert not closing.close(instance, run, settings=settings)  # told once
    columns = "run_id, outcome, published_mart_count, kept_mart_count, publication_run_id, numbers_age_hours, owner"
    assert _query(settings, f"select {columns} from marts.night") == [
        (run.run_id, "failed", 0, 2, "a", 24.0, "Data Engineering")
    ]
    [(because, message)] = _query(settings, "select because, message from marts.night")
    assert "no space left" in because
    assert "2026-07-02" in message
    assert _query(settings, "select n from marts.fct_b") == [(1,)]
    found = "select run_id = 'a', check_status, finding from marts.fct_check_results order by as_of"
    assert _query(settings, found) == [(True, "passed", "row_count is 1"), (False, "warned", "too few")]
    changed = {
        file.name for file in (settings.published / "parquet").iterdir() if file.stat().st_ino != files[file.name]
    }
    assert changed == {"night.parquet", "fct_check_results.parquet"}
    assert [file.name for file in settings.published.iterdir() if file.name.startswith(".")] == []


def test_a_failed_replay_says_nothing_of_the_current_publication(settings: places.Settings) -> None:
    _publish(settings, "a", day=3)  # the failed night is of the second
    with dg.DagsterInstance.ephemeral() as instance:
        assert not closing.close(instance, _failed_run(instance), settings=settings)
    assert _query(settings, "select run_id, outcome from marts.night") == [("a", "published")]
    assert _query(settings, "select distinct run_id from marts.fct_check_results") == [("a",)]


def test_what_keeps_a_failed_night_from_being_told_ends_nothing(
    settings: places.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk that made the night fail may be full still, and alerts and the summary are to come."""
    _publish(settings, "a")

    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nights, "renew", full)
    with dg.DagsterInstance.ephemeral() as instance:
        untold = closing.tell(instance, _failed_run(instance), settings=settings)
    assert untold == "Table night does not tell of this night: [Errno 28] No space left on device"


def test_nothing_is_told_where_nothing_was_published_but_checks_are_kept(settings: places.Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = _failed_run(instance)
        assert not closing.close(instance, run, settings=settings)
    assert not settings.published.exists()
    assert len(list((settings.lake / nights.FOLDER).iterdir())) == 1


def test_a_run_of_some_assets_is_no_night(settings: places.Settings) -> None:
    _publish(settings, "a")
    with dg.DagsterInstance.ephemeral() as instance:
        run = _failed_run(instance, name="some_assets")
        assert not closing.close(instance, run, settings=settings)
    assert _query(settings, "select run_id from marts.night") == [("a",)]


def test_results_name_nobody(settings: places.Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = _failed_run(instance, finding="ada@example.com <script>")
        [result] = checked.results(evaluations(instance, run.run_id), run_id=run.run_id, as_of=datetime(2026, 7, 1))
    assert "ada@" not in str(result.finding)
    assert (result.table_name, result.check_name, result.check_status) == ("fct_a", "has_enough", "warned")


def _failed_run(instance: dg.DagsterInstance, *, name: str = NIGHTLY, finding: str = "too few") -> dg.DagsterRun:
    """A run whose asset said that a check warned, and then failed."""

    @dg.asset(
        key=["marts", "fct_a"], check_specs=[dg.AssetCheckSpec("has_enough", asset=["marts", "fct_a"])], name=None
    )
    def fct_a():  # type: ignore[no-untyped-def]
        yield dg.AssetCheckResult(
            check_name="has_enough", passed=False, severity=dg.AssetCheckSeverity.WARN, description=finding
        )
        raise OSError("no space left on device")

    job = dg.define_asset_job(name, selection=dg.AssetSelection.all())
    resolved = dg.Definitions(assets=[fct_a], jobs=[job]).resolve_job_def(name)
    return resolved.execute_in_process(instance=instance, raise_on_error=False).dagster_run


def test_checks_are_listed_by_owner_the_worst_first_and_night_by_night(
    settings: places.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listing.show(settings) == 1
    assert "No night was run" in capsys.readouterr().out
    first, second = datetime(2026, 7, 1, 2), datetime(2026, 7, 2, 2)
    nights.keep(settings, [_result("a", first, "passed")])
    warned = replace(_result("b", second, "warned"), check_result_id="2", check_name="enough", finding="9 too few")
    failed = replace(_result("b", second, "failed"), check_result_id="3", table_name="fct_z", finding="row_count is 0")
    nights.keep(settings, [warned, failed, replace(warned, check_result_id="4", owner="Web", check_name="tagged")])
    assert listing.show(settings) == 0
    assert capsys.readouterr().out.splitlines() == [
        "For Ops",
        "  failed   fct_z.has_rows: row_count is 0",
        "           do: Look.",
        "  warned   fct_a.enough: 9 too few",
        "           do: Look.",
        "For Web",
        "  warned   fct_a.tagged: 9 too few",
        "           do: Look.",
    ]
    listing.show(settings, owner="ops", failed=True)
    assert capsys.readouterr().out.splitlines()[1:2] == ["  failed   fct_z.has_rows: row_count is 0"]
    listing.show(settings, check="has_rows")
    assert capsys.readouterr().out.splitlines() == [
        "2026-07-02 02:00  failed   fct_z.has_rows: row_count is 0",
        "2026-07-01 02:00  passed   fct_a.has_rows: row_count is 1",
    ]
    listing.show(settings, owner="nobody")
    assert "Nothing to show" in capsys.readouterr().out
