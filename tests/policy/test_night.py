"""A policy with faults stops whatever is started, before anything is read, and says all of them."""

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration import automation
from orchestration.alerts.telling import tell, tell_of_policy
from orchestration.checking import policy
from orchestration.policy.findings import Finding, PolicyError
from orchestration.quality import suites
from orchestration.scoring.projects import copy_project
from orchestration.settings import current
from orchestration.transformation.runner import prepare
from tests.alerts.conftest import settings_of
from tests.e2e.nights import Night
from tests.parsed import spare_parsing
from tests.webhook import webhook

pytestmark = pytest.mark.slow

LEAD = "Id,Email,CreatedDate,LastModifiedDate\n00Q000000079001,a@night.example,2026-06-01,2026-06-01\n"
FAULT = Finding("seeds/a.csv", "is no number", "write one", line=3, column="share", value="0,5")
RAN: list[str] = []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of which a seed was saved by a German Excel, and a suite names a column that is not there."""
    folder = tmp_path_factory.mktemp("policy") / "project"
    copy_project(folder)
    promises = folder / "seeds" / "sla_promises.csv"
    text = promises.read_text().replace(",24,", ",1.5,").replace(",", ";").replace("1.5", "1,5")
    promises.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    suite = folder / "expectations" / "raw" / "salesforce__lead.yml"
    suite.write_text(suite.read_text().replace("values, column: status}", "values, column: state_of_lead}"))
    return folder


@pytest.fixture(scope="module")
def said(project: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """What the check and the night said of it."""
    landing = project.parent / "landing" / "salesforce" / "lead"
    landing.mkdir(parents=True)
    (landing / "leads.csv").write_text(LEAD)
    night = Night(landing=landing.parent.parent, home=project.parent / "home", project=project)
    command = [sys.executable, "-m", "orchestration", "check", "--json"]
    checked = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return {"check": checked, "night": night.run()}


def test_a_night_with_a_broken_policy_stops_before_it_reads_anything(project: Path, said: dict) -> None:
    told, home = said["night"].stdout, project.parent / "home"
    assert said["night"].returncode == 1, said["night"].stderr
    for line in (
        "sla_promises.csv, line 1: 'promise;promised;valid_from;valid_to;description' parts its columns by semicolons",
        "seeds/sla_promises.csv, line 2, promised: '1,5' is a number with a decimal comma; write digits with a point",
        "expectations/raw/salesforce__lead.yml",
        "'state_of_lead' is no column of salesforce/lead",
        "The night did not begin",
    ):
        assert line in told
    assert not (home / "lake").exists()
    assert not (home / "warehouse").exists()
    assert "Traceback" not in said["night"].stderr


def test_the_check_says_the_same_to_machines(said: dict) -> None:
    assert said["check"].returncode == 1
    told = json.loads(said["check"].stdout)["policy"]
    assert told["is_sound"] is False
    assert {finding["file"] for finding in told["findings"]} == {
        "seeds/sla_promises.csv", "expectations/raw/salesforce__lead.yml",
    }  # fmt: skip


def job() -> dg.JobDefinition:
    @dg.op
    def reads() -> None:
        RAN.append("read")

    @dg.job(executor_def=automation.policy_first)
    def reading() -> None:
        reads()

    return reading


def started(instance: dg.DagsterInstance) -> tuple[bool, str]:
    """Whether a run by the executor of the definitions succeeded, and its id."""
    RAN.clear()
    result = dg.execute_job(dg.reconstructable(job), instance=instance, raise_on_error=False)
    return result.success, result.run_id


def test_a_run_of_the_ui_reads_nothing_while_the_policy_has_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "judge", lambda: policy.Policy({}, (FAULT,), 0.1))
    with dg.DagsterInstance.ephemeral() as instance, webhook() as (url, received):
        is_success, run_id = started(instance)
        assert not is_success
        assert RAN == []
        assert tell(instance, instance.get_run_by_id(run_id), settings=settings_of(tmp_path, url)) is None
        assert str(FAULT) in received[0]["message"]
        monkeypatch.setattr(policy, "judge", lambda: policy.Policy({}, (), 0.1))
        assert started(instance)[0]
    assert RAN == ["read"]


def test_every_job_of_the_definitions_looks_at_the_policy_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    current.cache_clear()
    spare_parsing(tmp_path)
    prepare()
    from orchestration.definitions import defs

    assert automation.nightly.executor_def is automation.policy_first
    assert defs.executor is automation.policy_first


def test_whoever_is_configured_is_told_of_a_night_that_did_not_begin(tmp_path: Path) -> None:
    with webhook() as (url, received):
        assert tell_of_policy([FAULT], settings=settings_of(tmp_path, url)) is None
    assert received[0]["title"] == "Touchstone: nothing was read or published, faults of the policy: 1"
    assert str(FAULT) in received[0]["message"]
    assert tell_of_policy([FAULT], settings=settings_of(tmp_path / "nobody")) is None
    deaf = tell_of_policy([FAULT], settings=settings_of(tmp_path / "deaf", "nonsense://"))
    assert "Not everybody was alerted" in str(deaf)


def test_all_parts_are_judged_where_one_has_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy.seeds, "findings", lambda: [FAULT])
    monkeypatch.setattr(policy.contracts, "faults", lambda: [])
    monkeypatch.setattr(policy, "_of_suites", lambda: [Finding("expectations/raw/x.yml", "is wrong", "correct it")])
    judged = policy.judge()
    assert [finding.file for finding in judged.findings] == ["seeds/a.csv", "expectations/raw/x.yml"]
    assert "2 faults" in judged.headline()
    with pytest.raises(PolicyError, match=r"seeds/a\.csv, line 3, share: '0,5' is no number; write one"):
        policy.require()


@pytest.mark.parametrize("seed", ["kpi_targets", "check_owners"])
def test_suites_wait_for_the_seeds_by_which_they_are_judged(monkeypatch: pytest.MonkeyPatch, seed: str) -> None:
    _only(monkeypatch, seeds=[Finding(f"seeds/{seed}.csv", "is no date as yyyy-mm-dd", "write one")])
    judged = policy.judge()
    assert [finding.file for finding in judged.findings] == [f"seeds/{seed}.csv"]
    assert "suites that wait for the others" in judged.headline()


def test_a_setting_that_can_not_be_read_is_one_of_the_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets hold on the night's day, which nobody knows then; all other parts are judged."""
    _only(monkeypatch, seeds=[FAULT])
    monkeypatch.setenv("TOUCHSTONE_AS_OF", "yesterday")
    current.cache_clear()
    suites.read_parameters.cache_clear()
    try:
        judged = policy.judge()
    finally:
        monkeypatch.undo()
        current.cache_clear()
    assert [finding.file for finding in judged.findings] == [".env or environment", "seeds/a.csv"]


def _only(monkeypatch: pytest.MonkeyPatch, *, seeds: list[Finding]) -> None:
    """A policy of which nothing but the seeds has faults."""
    monkeypatch.setattr(policy.seeds, "findings", lambda: seeds)
    monkeypatch.setattr(policy.contracts, "faults", lambda: [])
