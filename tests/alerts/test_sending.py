"""Messages on their way: receivers that hang, refuse, break and come back, and processes that die in between."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.alerts import telling
from orchestration.alerts.messages import Message
from orchestration.alerts.sending import Sent, deliver, send
from orchestration.alerts.state import FILE, Busy, State, held, load, save
from orchestration.digest import Digest
from orchestration.settings import PROJECT, Settings
from tests.alerts.conftest import NOW, digest, finding, row, settings_of
from tests.alerts.receivers import closed_port, http, smtp

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Tell = Callable[..., str | None]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Tell of a hand-made digest as a night does of its run."""

    def of(said: Digest, settings: Settings, *, now: Any = NOW) -> str | None:
        monkeypatch.setattr(telling, "read_digest", lambda *_: said)
        return telling.tell(None, SimpleNamespace(run_id=said.run_id), settings=settings, now=now)  # type: ignore[arg-type]

    return of


def message(title: str = "Touchstone: x") -> Message:
    return Message(title, "warned", "Touchstone: x", run_id="r")


def titles(received: list[bytes]) -> list[str]:
    return [json.loads(body)["title"] for body in received]


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_what_a_web_server_answers_is_told_without_its_url(status: int) -> None:
    with http("s3cr3t-path") as server:
        server.status = status
        assert send(server.url, message()) == f"it answered {status}"


def test_a_closed_port_a_host_without_address_and_a_word_that_is_no_url() -> None:
    refused = send(f"json://user:s3cr3t@127.0.0.1:{closed_port()}/s3cr3t", message())
    assert refused == "it refused the connection"
    assert (
        send(f"mailto://127.0.0.1:{closed_port()}?from=a@b.example&to=c@d.example&mode=insecure", message()) == refused
    )
    assert send("json://nowhere.invalid/s3cr3t", message()) in ("its host has no address", "it could not be reached")
    assert send("nonsense:s3cr3t", message()) == "it is no Apprise URL that this version knows"


def test_a_mail_server_that_refuses_is_told() -> None:
    with smtp() as server:
        server.status = 550
        assert send(server.url, message()).startswith("it ")


@pytest.mark.slow
def test_channels_are_told_side_by_side_each_in_bounded_time() -> None:
    ended: dict[int, str] = {}
    with http() as good, http() as slow, http() as dripping, smtp() as mail:
        slow.delay, dripping.drips = 60, True
        urls = {"good": good, "slow": slow, "dripping": dripping, "mail": mail}
        waiting = {name: (one.url, [(number, message())]) for number, (name, one) in enumerate(urls.items())}
        began = time.monotonic()
        deliver(waiting, lambda sent: ended.update({sent.id: sent.because}), seconds=6)
        took = time.monotonic() - began
    assert took < 8
    assert [ended[0], ended[3]] == ["", ""]
    assert ended[1] == "it did not answer in time"
    assert ended[2] == "it did not end within 6 s"
    assert (len(good.received), len(mail.received)) == (1, 1)


def test_what_waits_behind_a_message_that_failed_is_not_tried() -> None:
    ended: list[Sent] = []
    with http() as server:
        server.status = 500
        deliver({"A": (server.url, [(1, message()), (2, message()), (3, message())])}, ended.append)
        assert len(server.received) == 1
    assert [(sent.id, sent.because) for sent in ended] == [(number, "it answered 500") for number in (1, 2, 3)]


def test_apprise_says_nothing_beside_what_we_say() -> None:
    program = """
import logging
logging.basicConfig(level=logging.INFO)
from orchestration.alerts.sending import send
from tests.alerts.test_sending import message
print(send("json://user:s3cr3t@127.0.0.1:9/s3cr3t", message()))
print(send("slack://s3cr3t", message()))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == "it refused the connection\nit is no Apprise URL that this version knows\n"
    assert ran.stderr == ""


def test_what_was_not_delivered_is_kept_and_sent_next_time_the_oldest_first(tmp_path: Path, tell: Tell) -> None:
    with http() as server:
        settings = settings_of(tmp_path, server.url)
        server.status = 500
        first = tell(digest(finding("a")), settings)
        second = tell(digest(finding("a"), finding("b"), run="run-2"), settings, now=NOW + DAY)
        assert "TOUCHSTONE_ALERT_URLS was not reached (it answered 500); 1 message waits" in str(first)
        assert (
            "2 messages wait, the oldest of 2026-06-03: 'Touchstone: nothing was published, 0 failed, 1 warned'"
            in str(second)
        )
        server.status = 200
        server.received.clear()
        assert telling.tell_waiting(settings=settings, now=NOW + DAY + HOUR) is None
        assert titles(server.received) == [
            "Touchstone: nothing was published, 0 failed, 1 warned",
            "Touchstone: nothing was published, 0 failed, 2 warned",
        ]  # fmt: skip
        assert telling.tell_waiting(settings=settings, now=NOW + DAY + 2 * HOUR) is None
        assert len(server.received) == 2
    assert "s3cr3t" not in str(first) + str(second) + (settings.alerts / FILE).read_text()
    assert load(settings.alerts).pending == []


def test_a_dead_channel_keeps_nothing_from_the_others(tmp_path: Path, tell: Tell, routed: Callable[..., None]) -> None:
    with http() as good:
        dead = f"json://127.0.0.1:{closed_port()}/"
        routed(
            row("all", "warned", "DEAD_ONE"),
            row("all", "warned", "GOOD_ONE"),
            DEAD_ONE=dead,
            GOOD_ONE=f"{good.url} {dead}",
        )
        said = tell(digest(finding()), settings_of(tmp_path))
        assert len(good.received) == 1
    assert "DEAD_ONE was not reached (it refused the connection); 1 message waits" in str(said)
    assert "GOOD_ONE entry 2 was not reached" in str(said)
    assert [(one.variable, one.entry) for one in load(tmp_path / "alerts").pending] == [
        ("DEAD_ONE", 1),
        ("GOOD_ONE", 2),
    ]


def test_what_nobody_takes_expires_and_that_is_said(tmp_path: Path, tell: Tell) -> None:
    settings = settings_of(tmp_path, f"json://127.0.0.1:{closed_port()}/")
    tell(digest(finding()), settings)
    assert "2 messages wait" in str(telling.tell_waiting(settings=settings, now=NOW + 7 * DAY))  # one is the week's
    said = telling.tell_waiting(settings=settings, now=NOW + 7 * DAY + HOUR)
    assert "TOUCHSTONE_ALERT_URLS was given up after 7 days (it refused the connection)" in str(said)
    assert "of 2026-06-03" in str(said)
    assert "'Touchstone, week of 2026-06-08: 1 stand, 1 came'" in str(said)
    assert len(load(settings.alerts).pending) == 1


@pytest.mark.parametrize("cell", [{"time_zone": "Berlin"}, {"quiet_from": "late"}, {"valid_from": "1.1.2026"}])
def test_routes_that_can_not_be_read_leave_the_setting(
    tmp_path: Path, tell: Tell, routed: Callable[..., None], cell: dict[str, str]
) -> None:
    with http() as server:
        routed(
            row("all", "warned", "OPS", **{"quiet_from": "1:00", "quiet_to": "2:00", "time_zone": "UTC", **cell}),
            OPS="x://",
        )
        said = tell(digest(finding()), settings_of(tmp_path, server.url))
        assert len(server.received) == 1
    assert "seeds/alert_routes.csv can't be read, so all goes to TOUCHSTONE_ALERT_URLS; run `make check`" in str(said)


def test_a_variable_that_is_not_set_any_more_is_said(
    tmp_path: Path, tell: Tell, routed: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    routed(row("all", "warned", "GONE"), GONE=f"json://127.0.0.1:{closed_port()}/")
    tell(digest(finding()), settings_of(tmp_path))
    monkeypatch.delenv("GONE")
    assert "GONE was not reached (it is not set any more)" in str(
        telling.tell_waiting(settings=settings_of(tmp_path), now=NOW)
    )


def test_what_waits_for_the_end_of_quiet_hours_goes_out_with_the_next_look(
    tmp_path: Path, tell: Tell, routed: Callable[..., None]
) -> None:
    with http() as server:
        quiet = {"quiet_from": "07:00", "quiet_to": "09:00", "time_zone": "UTC"}
        rows = (row("all", "warned", "OPS", **quiet), row("all", "failed", "OPS", **quiet, ignores_quiet_hours="true"))
        routed(*rows, OPS=server.url)
        settings = settings_of(tmp_path)
        assert tell(digest(finding(), finding("b", failed=True)), settings) is None
        assert titles(server.received) == ["Touchstone: Marketing Operations: 1 failed"]
        assert telling.tell_waiting(settings=settings, now=NOW + timedelta(minutes=59)) is None
        assert len(server.received) == 1
        assert telling.tell_waiting(settings=settings, now=NOW + HOUR) is None
        assert titles(server.received)[1:] == ["Touchstone: Marketing Operations: 1 warned"]


def test_a_run_is_told_once_whoever_looks_first(tmp_path: Path, tell: Tell) -> None:
    with http() as server:
        settings = settings_of(tmp_path, server.url)
        for _ in range(3):
            assert tell(digest(finding()), settings) is None
    assert len(server.received) == 1


def test_a_state_that_holds_none_is_set_aside_and_all_is_told_again(tmp_path: Path, tell: Tell) -> None:
    with http() as server:
        settings = settings_of(tmp_path, server.url)
        tell(digest(finding()), settings)
        (settings.alerts / FILE).write_text('{"standing": 3')
        said = tell(digest(finding(), run="run-2"), settings)
    assert "held no state and is now unreadable-" in str(said)
    assert len(server.received) == 2
    assert len(list(settings.alerts.glob("unreadable-*.json"))) == 1


def test_a_disk_that_refuses_the_state_delays_no_alert(
    tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with http() as server:
        monkeypatch.setattr(telling, "save", full)
        said = tell(digest(finding()), settings_of(tmp_path, server.url))
        assert len(server.received) == 1
    assert "can't be written (No space left on device), so all of this is told again" in str(said)


def test_two_processes_tell_one_after_the_other(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(Busy, match="another process"), held(tmp_path, patience=0.2):
        pass
    with held(tmp_path, patience=0.2):
        pass


def test_what_is_kept_is_read_as_it_was(tmp_path: Path) -> None:
    state = State(runs=["a"], week="2026-06-01")
    state.put("OPS", 2, message("Ünïcode"), now=NOW, not_before=NOW + HOUR)
    save(state, tmp_path)
    assert load(tmp_path) == state


KILLED = """
import os, sys
from types import SimpleNamespace
from pathlib import Path
from orchestration.alerts import telling
from tests.alerts.conftest import digest, finding, settings_of, NOW

home, url, where = sys.argv[1:]
telling.read_digest = lambda *_: digest(finding())
real = telling.save
saves = []

def save(state, folder):
    if where == "before" or (where == "sent" and saves):
        os._exit(9)
    real(state, folder)
    saves.append(1)
    if where == "planned":
        os._exit(9)

telling.save = save
telling.tell(None, SimpleNamespace(run_id="run-1"), settings=settings_of(Path(home), url), now=NOW)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "arrived", "in_all"),
    [("before", 0, 1), ("planned", 0, 1), ("sent", 1, 2)],
)
def test_a_killed_process_leaves_nobody_untold(
    tmp_path: Path, tell: Tell, where: str, arrived: int, in_all: int
) -> None:
    """At least once: killed between a delivery and its note, and then alone, the same message arrives again."""
    with http() as server:
        settings = settings_of(tmp_path, server.url)
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path), server.url, where],
            cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, check=False,
        )  # fmt: skip
        assert killed.returncode == 9
        assert len(server.received) == arrived
        assert tell(digest(finding()), settings) is None
        assert tell(digest(finding(), run="run-2"), settings, now=NOW + DAY) is None
        assert len(server.received) == in_all
        assert len(set(titles(server.received))) == 1
