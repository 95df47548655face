from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from orchestration.alerts import sensors
from orchestration.alerts.rendering import text
from orchestration.alerts.telling import tell
from orchestration.lineage import Failure
from orchestration.publication import report
from orchestration.publication.publishing import Publication, PublishedMart
from orchestration.quality.display import markdown_rows
from orchestration.quality.tally import Tally
from tests.alerts.conftest import settings_of
from tests.quality.conftest import AS_OF
from tests.webhook import webhook

KEY = dg.AssetKey(["marketo", "leads"])


@pytest.fixture
def channel() -> Iterator[tuple[str, list[dict[str, str]]]]:
    with webhook() as listening:
        yield listening


def run(instance, *results, fails=False, publication=None):
    """A finished run whose checks ended as `results` say, and which published `publication`."""

    @dg.asset(key=KEY)
    def leads():
        if fails:
            raise OSError("landing folder is gone")

    @dg.multi_asset_check(specs=[dg.AssetCheckSpec(name=result.check_name, asset=KEY) for result in results])
    def judge():
        yield from results

    @dg.asset(key=report.PUBLISHED, check_specs=[dg.AssetCheckSpec(report.CHECK, asset=report.PUBLISHED)])
    def published():
        return dg.MaterializeResult(check_results=[report.result(publication)])

    assets = [leads, published] if publication else [leads]
    definitions = dg.Definitions(assets=assets, asset_checks=[judge] if results else [])
    job = definitions.resolve_implicit_global_asset_job_def()
    finished = job.execute_in_process(raise_on_error=False, instance=instance)
    return instance.get_run_by_id(finished.run_id)


def check(name, *, passed=False, severity=dg.AssetCheckSeverity.WARN, description="1 of 2 unexpected", **metadata):
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=KEY,
        passed=passed,
        severity=severity,
        description=description,
        metadata={
            "owner": "Marketing Operations <mops@example.com>",
            "description": "Leads in an unknown stage are in no funnel stage.",
            "remedy": "Correct the records.",
            "runbook": "docs/runbooks/checks.md",
            **metadata,
        },
    )


def publication(*kept):
    """Forty marts of this run, and those kept back."""
    fresh = [PublishedMart(f"fct_{number}", "fresh", "b", AS_OF, 1, "0") for number in range(40)]
    return Publication("b", AS_OF, Tally(), tuple([*fresh, *kept]))


def sample(*values):
    return dg.MetadataValue.md(markdown_rows(["value", "example"], [(value, f"id {value[:3]}") for value in values]))


def test_one_digest_tells_owner_fault_rows_and_remedy(channel, tmp_path):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(
            instance,
            check("statuses_known", sample=sample("Nurture", "from ada@example.com")),
            check("has_rows", severity=dg.AssetCheckSeverity.ERROR, description="extract.row_count is 0"),
            check("fresh", passed=True),
            publication=publication(),
        )
        assert tell(instance, finished, settings=settings_of(tmp_path, url)) is None
    (message,) = received
    assert message["title"] == "Touchstone: published 40 of 40 marts, 1 failed, 1 warned"
    body = message["message"]
    assert body.index("FAILED  marketo/leads: has_rows") < body.index("warned  marketo/leads: statuses_known")
    assert "For Marketing Operations (mops@example.com)" in body
    assert "matters: Leads in an unknown stage" in body
    assert "row:     value = Nurture, example = id Nur" in body
    assert "a***@e***.com" in body
    assert "ada@example.com" not in body
    assert "do:      Correct the records." in body
    assert "runbook: docs/runbooks/checks.md" in body
    assert "fresh" not in body
    assert finished.run_id in body


def test_what_is_kept_back_is_told_first_with_its_cause_and_owner(channel, tmp_path):
    url, received = channel
    spend = Failure(
        "marts/fct_ad_spend has_rows", "row_count is 0; expected at least 1", "Paid <p@x.com>", "See @here."
    )
    error = Failure("dim_channels", "Binder Error: no column", "Data Engineering <d@x.com>", "Correct it.")
    kept = publication(
        PublishedMart("fct_ad_spend", "carried", "a", AS_OF - timedelta(days=1), 5, "1", because=spend),
        PublishedMart("fct_roi", "carried", "a", AS_OF - timedelta(days=1), 5, "1", because=spend),
        PublishedMart("dim_channels", "absent", because=error),
    )
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, publication=kept)
        assert tell(instance, finished, settings=settings_of(tmp_path, url)) is None
    (message,) = received
    assert message["title"] == "Touchstone: published 40 of 43 marts, 0 failed, 0 warned"
    lines, findings = message["message"].splitlines(), message["touchstone"]["findings"]
    assert lines[0] == (
        "Published 40 of 43 marts; kept yesterday's: fct_ad_spend, fct_roi (because marts/fct_ad_spend has_rows: "
        "row_count is 0; expected at least 1); never published yet: dim_channels (because dim_channels: "
        "Binder Error: no column)"
    )
    assert "For Paid (p@x.com)" in lines
    assert "FAILED  kept back by marts/fct_ad_spend has_rows" in lines
    assert "  keeps:   fct_ad_spend (as of 2026-01-30), fct_roi (as of 2026-01-30)" in lines
    assert "  do:      See @ here." in lines
    assert {finding["check"]: finding["keeps_back"] for finding in findings} == {
        "kept back by dim_channels": ["dim_channels (absent)"],
        "kept back by marts/fct_ad_spend has_rows": [
            "fct_ad_spend (as of 2026-01-30)", "fct_roi (as of 2026-01-30)",
        ],
    }  # fmt: skip


def test_hostile_utm_reaches_no_channel(channel, tmp_path):
    url, received = channel
    hostile = ['<script>alert("x")</script>', "<!channel> @everyone", "[win](https://evil.example/a?b=c)"]
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("names", sample=sample(*hostile), description="<b>x</b> @here"))
        tell(instance, finished, settings=settings_of(tmp_path, url))
    body = received[0]["message"]
    for forbidden in ("<script", "<!channel", "<b>", "@everyone", "@here", "https://evil"):
        assert forbidden not in body


def test_a_failed_step_is_told_once(channel, tmp_path):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, fails=True)
        assert finished.status == dg.DagsterRunStatus.FAILURE
        assert tell(instance, finished, settings=settings_of(tmp_path, url)) is None
        assert tell(instance, finished, settings=settings_of(tmp_path, url)) is None
    (message,) = received
    assert message["title"] == "Touchstone: nothing was published, 1 failed, 0 warned"
    assert "landing folder is gone" in message["message"]


def test_missing_extracts_are_listed(channel, tmp_path):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("fresh", description="no extract yet", no_data=True), check("other"))
        tell(instance, finished, settings=settings_of(tmp_path, url))
    assert received[0]["title"].endswith("0 failed, 1 warned")
    assert "Nothing to judge, no extract yet: marketo/leads" in received[0]["message"]


def test_nothing_is_sent_or_written_without_a_url_or_a_finding(channel, tmp_path):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        assert tell(instance, run(instance, check("has_rows")), settings=settings_of(tmp_path)) is None
        assert list(tmp_path.iterdir()) == []
        assert tell(instance, run(instance, check("fresh", passed=True)), settings=settings_of(tmp_path, url)) is None
    assert received == []


def test_a_long_list_is_cut(channel, tmp_path):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, *[check(f"check_{number}") for number in range(30)])
        tell(instance, finished, settings=settings_of(tmp_path, url))
    assert received[0]["message"].count("warned  ") == text.SHOWN
    assert "And 5 more; see `.venv/bin/touchstone report`" in received[0]["message"]


def test_a_headless_run_outlives_a_deaf_channel_and_says_so(tmp_path):
    deaf = settings_of(tmp_path, "json://user:secret@127.0.0.1:9/")
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("has_rows"))
        said = tell(instance, finished, settings=deaf)
    assert said is not None
    assert said.startswith("Not everybody was alerted: TOUCHSTONE_ALERT_URLS was not reached (it ")
    assert "1 message waits" in said
    assert "secret" not in said
    assert "secret" not in (deaf.alerts / "state.json").read_text()


def test_what_passes_again_is_told_and_what_had_no_data_is_not(channel, tmp_path):
    url, received = channel
    settings = settings_of(tmp_path, url)
    with dg.DagsterInstance.ephemeral() as instance:
        tell(instance, run(instance, check("fresh"), check("names")), settings=settings)
        tell(instance, run(instance, check("fresh", no_data=True), check("names", passed=True)), settings=settings)
    first, second = received
    assert "warned  marketo/leads: fresh" in first["message"]
    assert "Passed again\n\nFor Marketing Operations\n\npassed  marketo/leads: names" in second["message"]
    assert "found:   was: 1 of 2 unexpected" in second["message"]
    assert "marketo/leads: fresh" not in second["message"]


def test_a_step_that_ends_well_again_is_told(channel, tmp_path):
    url, received = channel
    settings = settings_of(tmp_path, url)
    with dg.DagsterInstance.ephemeral() as instance:
        tell(instance, run(instance, fails=True), settings=settings)
        tell(instance, run(instance), settings=settings)
    assert "passed  step marketo__leads" in received[1]["message"]


def test_all_sensors_are_on():
    found = {sensor.name: sensor for sensor in sensors.build_sensors()}
    assert set(found) == {"alert_on_failure", "alert_on_warnings", "alert_later"}
    assert all(sensor.default_status == dg.DefaultSensorStatus.RUNNING for sensor in found.values())


def context_of(instance, finished, name, kind):
    return dg.build_run_status_sensor_context(
        sensor_name=name, dagster_instance=instance, dagster_run=finished,
        dagster_event=dg.DagsterEvent(kind.value, finished.job_name, message="ended"),
    )  # fmt: skip


def test_a_sensor_and_the_night_itself_tell_a_run_once(channel, tmp_path, monkeypatch):
    url, received = channel
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_ALERT_URLS", url)
    on_failure, on_warnings, later = sensors.build_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        failed, warned = run(instance, fails=True), run(instance, check("fresh"))
        success, failure = dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE
        on_failure(context_of(instance, failed, on_failure.name, failure).for_run_failure())
        on_warnings(context_of(instance, warned, on_warnings.name, success))
        assert tell(instance, failed, settings=settings_of(tmp_path, url)) is None
        assert tell(instance, warned, settings=settings_of(tmp_path, url)) is None
        assert later(dg.build_sensor_context(instance)).skip_message == "nothing is left to send"
    assert [message["title"] for message in received] == [
        "Touchstone: nothing was published, 1 failed, 0 warned",
        "Touchstone: nothing was published, 0 failed, 1 warned",
    ]  # fmt: skip


def test_a_sensor_says_whom_it_did_not_reach(tmp_path, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_ALERT_URLS", "json://user:secret@127.0.0.1:9/")
    _, on_warnings, later = sensors.build_sensors()
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("fresh"))
        on_warnings(context_of(instance, finished, on_warnings.name, dg.DagsterEventType.RUN_SUCCESS))
        said = later(dg.build_sensor_context(instance)).skip_message
    assert "TOUCHSTONE_ALERT_URLS was not reached (it refused the connection)" in said
    assert "secret" not in said
