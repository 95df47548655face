"""What `make check` says of the routes: by line, with a remedy, and never with what a variable holds."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.alerts import checking
from orchestration.policy import seeds
from orchestration.policy.findings import Finding
from orchestration.settings import PROJECT, SEEDS
from tests.alerts.conftest import Row, row, settings_of, write_rows
from tests.docs.pages import fenced

GOOD = row(
    "marketing_operations", "warned", "MOPS_SLACK", quiet_from="19:00", quiet_to="07:00", time_zone="Europe/Berlin",
    escalate_after_nights="3", escalate_to="revenue_operations",
)  # fmt: skip


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Finding]]:
    """What the rules of the seeds say of some rows, beside the owners alone: a look at all seeds takes seconds."""
    folder = tmp_path_factory.mktemp("project") / "seeds"
    folder.mkdir()
    for name in ("_seeds_alerts.yml", "_seeds_quality.yml"):
        shutil.copy(SEEDS / name, folder)

    def judge(*rows: Row) -> list[Finding]:
        return [found for found in seeds.findings(write_rows(folder, *rows)) if found.file.endswith("alert_routes.csv")]

    return judge


def of(folder: Path, *rows: Row) -> list[Finding]:
    return checking.faults(write_rows(folder, *rows))


def test_rows_that_are_sound_have_no_fault(policy: Callable[..., list[Finding]], tmp_path: Path) -> None:
    rows = (
        GOOD,
        row("all", "failed", "PAGER", quiet_from="1:00", quiet_to="5:00", time_zone="UTC", ignores_quiet_hours="true"),
    )
    rows += (row("all", "weekly", "TOUCHSTONE_ALERT_URLS"), row("finance", "recovered", "FINANCE"))
    assert policy(*rows) == []
    assert of(tmp_path, *rows) == []


@pytest.mark.parametrize(
    ("change", "column", "wrong", "remedy"),
    [
        ({"owner": "marketing_operation"}, "owner", "does not stand in seeds/check_owners.csv", "marketing_operations"),
        ({"severity": "critical"}, "severity", "is none of failed, warned, recovered, weekly", "write one of them"),
        ({"variable": "mops-slack"}, "variable", "is no name of a variable", "as ALERTS_MARKETING"),
        ({"variable": "TOUCHSTONE_HOME"}, "variable", "is no name of a variable", "but TOUCHSTONE_ALERT_URLS"),
        ({"quiet_from": "7 pm"}, "quiet_from", "is no time of day", "write hh:mm"),
        ({"quiet_to": "24:00"}, "quiet_to", "is no time of day", "write hh:mm"),
        ({"time_zone": "Berlin"}, "time_zone", "is no time zone", "IANA name"),
        ({"escalate_after_nights": "0"}, "escalate_after_nights", "is not within 1 and 366", "from 1 to 366"),
        ({"escalate_to": "nobody"}, "escalate_to", "does not stand in seeds/check_owners.csv", "add it"),
        ({"ignores_quiet_hours": "no"}, "ignores_quiet_hours", "is neither true nor false", "write true or false"),
    ],
)
def test_a_cell_that_is_none_is_named_by_line_with_its_remedy(
    policy: Callable[..., list[Finding]], change: Row, column: str, wrong: str, remedy: str
) -> None:
    (found,) = policy(row("all", "failed", "PAGER"), {**GOOD, **change})
    assert (found.line, found.column) == (3, column)
    assert wrong in found.wrong
    assert remedy in found.remedy


@pytest.mark.parametrize(
    "secret",
    ["slack://T1JJ3T3L2/s3cr3t", "hooks.example.com/s3cr3t", "xoxb-s3cr3t/1", " slack://s3cr3t", "mailto://a:s3cr3t@b"],
)
def test_a_secret_in_place_of_a_name_is_shown_to_nobody(policy: Callable[..., list[Finding]], secret: str) -> None:
    found = policy({**GOOD, "variable": secret}, {**GOOD, "variable": secret})
    assert any("is no name of a variable" in finding.wrong for finding in found)
    assert "s3cr3t" not in str([str(finding) for finding in found])


@pytest.mark.parametrize(
    ("change", "column", "wrong", "remedy"),
    [
        ({"quiet_to": "19:00"}, "quiet_to", "so there are none", "write other times"),
        (
            {"time_zone": ""},
            "quiet_from",
            "is not enough for quiet hours: time_zone is empty",
            "fill in all three, or none",
        ),
        (
            {"quiet_from": "", "quiet_to": ""},
            "time_zone",
            "quiet_from, quiet_to is empty",
            "fill in all three, or none",
        ),
        ({"ignores_quiet_hours": "true"}, "ignores_quiet_hours", "does nothing", "write false"),
        ({"escalate_to": ""}, "escalate_after_nights", "one half of an escalation", "fill in escalate_to too"),
        ({"severity": "weekly"}, "escalate_to", "only failed and warned checks are escalated", "empty both"),
        ({"escalate_to": "marketing_operations"}, "escalate_to", "was told already", "name another owner"),
    ],
)
def test_a_row_that_contradicts_itself_is_named(
    tmp_path: Path, change: Row, column: str, wrong: str, remedy: str
) -> None:
    (found,) = of(tmp_path, row("all", "failed", "PAGER"), {**GOOD, **change})
    assert (found.file, found.line, found.column) == ("seeds/alert_routes.csv", 3, column)
    assert wrong in found.wrong
    assert remedy in found.remedy


def test_a_variable_that_holds_no_url_is_a_fault_without_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_SLACK", "json://localhost msteams://s3cr3t/s3cr3t/s3cr3t")
    (found,) = of(tmp_path, GOOD)
    assert found.value == "MOPS_SLACK"
    assert "holds an entry (2) that is no Apprise URL" in found.wrong
    assert "workflows://" in found.remedy
    assert "s3cr3t" not in str(found)


def test_a_variable_that_is_not_set_is_a_hint_and_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_ALERT_URLS", "json://localhost")
    folder = write_rows(tmp_path, row("all", "failed", "PAGER"), GOOD)
    assert checking.faults(folder) == []
    monkeypatch.setenv("PAGER", "json://localhost")
    (hint,) = checking.hints(folder)
    assert (hint.line, hint.column, hint.value) == (3, "variable", "MOPS_SLACK")
    assert "set it in .env" in hint.remedy


def test_what_would_be_told_to_nobody_is_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHSTONE_ALERT_URLS", "")
    monkeypatch.setenv("MOPS_SLACK", "json://localhost")
    hints = checking.hints(write_rows(tmp_path, GOOD))
    assert [hint.value for hint in hints] == ["all, failed", "all, warned"]
    assert checking.hints(write_rows(tmp_path)) == []


def test_the_rows_of_the_document_are_sound(policy: Callable[..., list[Finding]], tmp_path: Path) -> None:
    blocks = [block for _, block in fenced((PROJECT / "docs" / "alerts.md").read_text()) if block.startswith("owner,")]
    rows = list(csv.DictReader(blocks[0].splitlines()))
    assert len(rows) == 4
    assert policy(*rows) == []
    assert of(tmp_path, *rows) == []


def test_the_shipped_seed_says_nothing_to_a_company_that_has_set_nothing() -> None:
    assert checking.faults() == checking.hints() == []


def test_an_entry_of_the_setting_is_named_by_its_place(tmp_path: Path) -> None:
    said = list(checking.fallback_faults(settings_of(tmp_path, "json://localhost", "slack", "msteams://s3cr3t")))
    assert said[0].startswith("TOUCHSTONE_ALERT_URLS: entry 2 is no apprise URL; write it as slack://")
    assert "entry 3 is no apprise URL; Teams takes messages from a workflow" in said[1]
    assert "s3cr3t" not in said[1]
