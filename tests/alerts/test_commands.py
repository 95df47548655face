"""`touchstone alerts`: what it prints of channels, of the last night and of what waits."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.__main__ import parser
from orchestration.alerts import commands, telling
from orchestration.alerts.state import load
from orchestration.digest import Digest
from tests.alerts.conftest import NOW, digest, finding, row, settings_of
from tests.alerts.receivers import closed_port, http

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a home whose last night said a digest."""

    def of(option: str, *urls: str, last: Digest | None = None) -> int:
        monkeypatch.setattr(commands, "read_digest", lambda *_: last)
        monkeypatch.setattr(telling, "read_digest", lambda *_: last)
        instance = SimpleNamespace(get_runs=lambda *_, **__: [last] if last else [])
        monkeypatch.setattr(dg.DagsterInstance, "get", lambda: _Entered(instance))
        return commands.alerts(parser().parse_args(["alerts", option]), settings_of(tmp_path, *urls), now=NOW)

    return of


class _Entered:
    def __init__(self, instance: object) -> None:
        self.instance = instance

    def __enter__(self) -> object:
        return self.instance

    def __exit__(self, *_: object) -> None: ...


def tell(said: Digest, home: Path, *urls: str, days: int = 0) -> None:
    now = NOW + timedelta(days=days)
    telling.tell(None, SimpleNamespace(run_id=said.run_id), settings=settings_of(home, *urls), now=now)  # type: ignore[arg-type]


def test_a_test_says_which_channels_it_reached(
    run: Run, routed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with http() as good, http() as broken:
        broken.status = 500
        dead = f"json://user:s3cr3t@127.0.0.1:{closed_port()}/"
        routed(row("all", "failed", "PAGER"), row("all", "warned", "CHAT"), row("finance", "warned", "UNSET"),
               PAGER=f"{good.url} {broken.url}", CHAT=dead)  # fmt: skip
        assert run("--test", good.url) == 1
        assert len(good.received) == 2
    assert capsys.readouterr().out.splitlines() == [
        "CHAT: not reached: it refused the connection",
        "PAGER: arrived",
        "PAGER entry 2: not reached: it answered 500",
        "TOUCHSTONE_ALERT_URLS: arrived",
        "UNSET: not set",
    ]


def test_a_test_of_channels_that_all_work_ends_well_and_of_none_does_not(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with http() as good:
        assert run("--test", good.url) == 0
    assert run("--test") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "TOUCHSTONE_ALERT_URLS: not set"


def test_a_dry_run_prints_what_the_last_night_tells_before_and_after_it_was_told(
    run: Run, tmp_path: Path, routed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    last = digest(finding("a"), finding("b", failed=True))
    with http() as server:
        quiet = {"quiet_from": "07:00", "quiet_to": "09:00", "time_zone": "UTC"}
        routed(row("all", "warned", "OPS", **quiet), OPS=server.url)
        assert run("--dry-run", server.url, last=last) == 0
        before = capsys.readouterr().out
        assert server.received == []
        tell(last, tmp_path, server.url)
        assert len(server.received) == 1
        assert run("--dry-run", server.url, last=last) == 0
        assert len(server.received) == 1
    assert capsys.readouterr().out == before
    assert "To OPS, waits until 2026-06-03T09:00:00+00:00: Touchstone: Marketing Operations: 1 warned" in before
    assert "To TOUCHSTONE_ALERT_URLS, at once: Touchstone: nothing was published, 1 failed, 1 warned" in before
    assert "  FAILED  marketo/leads: b" in before
    assert before.endswith("Messages: 2; findings that stand as told after them: 2. Nothing was sent.\n")
    assert "s3cr3t" not in before


def test_a_dry_run_without_a_night_or_a_channel_says_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--dry-run", "json://localhost") == 1
    assert run("--dry-run", last=digest(finding())) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("No night was run in ")
    assert second.startswith("Nobody is told: ")


def test_what_waits_and_what_stands_is_printed(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dead, last = f"json://user:s3cr3t@127.0.0.1:{closed_port()}/", digest(finding("a"), finding("b", failed=True))
    assert run("--pending", dead, last=last) == 0
    tell(last, tmp_path, dead)
    assert run("--pending", dead, last=last) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Messages that wait: 0", "Findings that stand as told: 0",
        "To TOUCHSTONE_ALERT_URLS, 2026-06-03T08:00, tries: 1, it refused the connection: "
        "Touchstone: nothing was published, 1 failed, 1 warned of run run-1",
        "Messages that wait: 1",
        "FAILED  marketo/leads: b, of Marketing Operations, since 2026-06-03, 0 nights unchanged",
        "warned  marketo/leads: a, of Marketing Operations, since 2026-06-03, 0 nights unchanged",
        "Findings that stand as told: 2",
    ]  # fmt: skip
    assert len(load(tmp_path / "alerts").pending) == 1
