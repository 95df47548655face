from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
import pytest

from orchestration import alerts
from orchestration.lineage import Failure
from orchestration.publication import report
from orchestration.publication.publishing import Publication, PublishedMart
from orchestration.quality.display import markdown_rows
from orchestration.quality.tally import Tally
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


def test_one_digest_tells_owner_fault_rows_and_remedy(channel):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(
            instance,
            check("statuses_known", sample=sample("Nurture", "from ada@example.com")),
            check("has_rows", severity=dg.AssetCheckSeverity.ERROR, description="extract.row_count is 0"),
            check("fresh", passed=True),
            publication=publication(),
        )
        assert alerts.send_digest(instance, finished, urls=[url])
    (message,) = received
    assert message["title"] == "Touchstone: published 40 of 40 marts, 1 failed, 1 warned"
    body = message["message"]
    assert body.index("FAILED  marketo/leads: has_rows") < body.index("warned  marketo/leads: statuses_known")
    assert "For Marketing Operations <mops@example.com>" in body
    assert "matters: Leads in an unknown stage" in body
    assert "row:     value = Nurture, example = id Nur" in body
    assert "a***@e***.com" in body
    assert "ada@example.com" not in body
    assert "do:      Correct the records." in body
    assert "runbook: docs/runbooks/checks.md" in body
    assert "fresh" not in body
    assert finished.run_id in body


def test_what_is_kept_back_is_told_first_with_its_cause_and_owner(channel):
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
        assert alerts.send_digest(instance, finished, urls=[url])
    (message,) = received
    assert message["title"] == "Touchstone: published 40 of 43 marts, 0 failed, 0 warned"
    lines = message["message"].splitlines()
    assert lines[0] == (
        "Published 40 of 43 marts; kept yesterday's: fct_ad_spend, fct_roi (because marts/fct_ad_spend has_rows: "
        "row_count is 0; expected at least 1); never published yet: dim_channels (because dim_channels: "
        "Binder Error: no column)"
    )
    assert "KEPT BACK  fct_ad_spend (as of 2026-01-30), fct_roi (as of 2026-01-30)" in lines
    assert "  owner:   Paid (p@x.com)" in lines
    assert "  do:      See @ here." in lines
    assert "KEPT BACK  dim_channels (absent)" in lines


def test_hostile_utm_reaches_no_channel(channel):
    url, received = channel
    hostile = ['<script>alert("x")</script>', "<!channel> @everyone", "[win](https://evil.example/a?b=c)"]
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("names", sample=sample(*hostile), description="<b>x</b> @here"))
        alerts.send_digest(instance, finished, urls=[url])
    body = received[0]["message"]
    for forbidden in ("<script", "<!channel", "<b>", "@everyone", "@here", "https://evil"):
        assert forbidden not in body


def test_a_failed_step_is_told_once(channel):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, fails=True)
        assert finished.status == dg.DagsterRunStatus.FAILURE
        assert alerts.send_digest(instance, finished, urls=[url])
        assert not alerts.send_digest(instance, finished, urls=[url])
    (message,) = received
    assert message["title"] == "Touchstone: nothing was published, 1 failed, 0 warned"
    assert "landing folder is gone" in message["message"]


def test_missing_extracts_are_listed(channel):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("fresh", description="no extract yet", no_data=True), check("other"))
        alerts.send_digest(instance, finished, urls=[url])
    assert received[0]["title"].endswith("0 failed, 1 warned")
    assert "Nothing to judge, no extract yet: marketo/leads" in received[0]["message"]


def test_nothing_is_sent_without_a_url_or_a_finding(channel):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        assert not alerts.send_digest(instance, run(instance, check("has_rows")), urls=[])
        assert not alerts.send_digest(instance, run(instance, check("fresh", passed=True)), urls=[url])
    assert received == []


def test_a_long_list_is_cut(channel):
    url, received = channel
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, *[check(f"check_{number}") for number in range(30)])
        alerts.send_digest(instance, finished, urls=[url])
    assert received[0]["message"].count("warned  ") == alerts.SHOWN_FINDINGS
    assert "And 5 more; see the run." in received[0]["message"]


def test_a_bad_or_deaf_channel_is_an_error_without_its_secret():
    with pytest.raises(ValueError, match="entry 1 is no apprise URL") as error:
        alerts.notify(["nonsense:secret"], title="t", body="b")
    assert "secret" not in str(error.value)
    with pytest.raises(RuntimeError, match="did not reach every channel") as error:
        alerts.notify(["json://user:secret@127.0.0.1:9/"], title="t", body="b")
    assert "secret" not in str(error.value)


def test_a_headless_run_outlives_a_deaf_channel_and_says_so():
    with dg.DagsterInstance.ephemeral() as instance:
        finished = run(instance, check("has_rows"))
        said = alerts.tell(instance, finished, urls=["json://user:secret@127.0.0.1:9/"])
        assert said is not None
        assert said.startswith("Not everybody was alerted: the digest did not reach every channel")
        assert "secret" not in said
        assert alerts.tell(instance, finished, urls=[]) is None


def test_both_sensors_are_on():
    sensors = {sensor.name: sensor for sensor in alerts.build_sensors()}
    assert set(sensors) == {"alert_on_failure", "alert_on_warnings"}
    assert all(sensor.default_status == dg.DefaultSensorStatus.RUNNING for sensor in sensors.values())
