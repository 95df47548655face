"""Faults of contracts, of the environment and of the vars, by file and line."""

import shutil
from pathlib import Path

import pytest

from orchestration import contracts as raw_tables
from orchestration.policy import contracts, settings
from orchestration.settings import DBT_PROJECT, PROJECT

HUBSPOT = Path("models/staging/hubspot/_hubspot__sources.yml")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts and the vars; nothing else is read."""
    folder = tmp_path / "dbt_project"
    for path in [*DBT_PROJECT.glob("models/staging/*/_*__sources.yml"), DBT_PROJECT / "dbt_project.yml"]:
        target = folder / path.relative_to(DBT_PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    for module in (contracts, settings):
        monkeypatch.setattr(module, "DBT_PROJECT", folder)
        monkeypatch.setattr(module, "PROJECT", tmp_path)
    return folder


def edit(path: Path, old: str, new: str) -> int:
    """Put `new` for the first `old`; the line where it stands."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


# Each word: what is written instead of what, then the value, and words of the fault and of the remedy.
WORDS = {
    "mode": ("mode: snapshot", "mode: snapshots", "snapshots", "is no mode", "did you mean 'snapshot'?"),
    "key of a table": ("cursor:", "corsor:", "corsor", "is nothing that a contract says", "did you mean 'cursor'?"),
    "key of a column": ("aliases:", "alises:", "alises", "is nothing that a contract says", "did you mean 'aliases'?"),
    "type": ("data_type: bigint", "data_type: integre", "integre", "is no type", "write one of"),
    "format": ("format: salesforce_id", "format: ids", "ids", "is no format", "did you mean 'id'?"),
}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_no_contract_knows(project: Path, word: str) -> None:
    old, new, value, wrong, remedy = WORDS[word]
    paths = sorted(project.glob("models/staging/*/_*__sources.yml"))
    path = next(path for path in paths if old in path.read_text() and path.parent.name != raw_tables.LAKE)
    line = edit(path, old, new)
    found = [finding for finding in contracts.faults() if wrong in finding.wrong]
    assert [(finding.value, remedy in finding.remedy) for finding in found] == [(value, True)]
    assert found[0].file == path.relative_to(project.parent).as_posix()
    assert found[0].line in (line - 1, line)  # of a flow mapping the line of the key before it


def test_every_broken_file_is_told(project: Path) -> None:
    edit(project / HUBSPOT, "key: [", "key: [nowhere, ")
    edit(project / "models/staging/marketo/_marketo__sources.yml", "sources:", "sources: [")
    said = [str(finding) for finding in contracts.faults()]
    assert any("_marketo__sources.yml: is no YAML" in line for line in said)
    assert any("names 'nowhere' as key" in line for line in said)


def test_the_projects_own_contracts_and_settings_have_no_fault() -> None:
    assert len(raw_tables.load()) > 50
    assert not contracts.faults()
    assert not settings.faults({})


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("TOUCHSTONE_AS_OF", "yesterday", "is not an ISO 8601 instant"),
        ("TOUCHSTONE_SCHEDULE_TIMEZONE", "Berlin", "is no time zone"),
    ],
)
def test_a_variable_of_the_environment(name: str, value: str, wrong: str) -> None:
    (finding,) = settings.faults({name: value})
    assert wrong in finding.wrong
    assert name in str(finding)
    assert value in str(finding)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("reporting_timezone: UTC", "reporting_timezone: CEST", "is no time zone"),
        ("reporting_currency: USD", "reporting_currency: Dollar", "is no ISO 4217 currency"),
        ("sync_rule_least_share: 0.5", "sync_rule_least_share: 50", "is not a number from 0 to 1"),
        ("fiscal_year_first_month: 1", "fiscal_year_first_month: January", "is not a number from 1 to 12"),
        ("session_timeout_minutes: 30", "session_timeout_minutes: 0", "is not a number of at least 1"),
    ],
)
def test_a_var(project: Path, old: str, new: str, wrong: str) -> None:
    line = edit(project / "dbt_project.yml", old, new)
    (finding,) = settings.faults({})
    name, value = new.split(": ")
    assert (finding.line, finding.column, finding.value) == (line, f"var {name}", value)
    assert wrong in finding.wrong
    assert finding.file == "dbt_project/dbt_project.yml"


def test_every_number_that_is_judged_is_a_var() -> None:
    assert settings.NUMBERS.keys() <= raw_tables.policy().keys()
    assert (PROJECT / settings.PROJECT_FILE).exists()
