"""What a failure stops: what reads it, and nothing else."""

import logging
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration import lineage
from orchestration.lineage import Failure
from orchestration.quality import checks, suites
from orchestration.quality.outcomes import Outcome
from orchestration.transformation import assets, runner
from tests.parsed import written

RED = Failure("ga4/events quarantine_rate", "too much", "Web", "Compare.")
BROKEN = Failure("spend", "Binder Error", "Data", "Correct.")

# events -> sessions -> touches <- people <- leads;  stats -> spend;  touches, spend -> roi.
EDGES = {
    "source.t.ga4.events": ["model.t.sessions"],
    "source.t.marketo.leads": ["model.t.people"],
    "source.t.ads.stats": ["model.t.spend"],
    "model.t.sessions": ["model.t.touches"],
    "model.t.people": ["model.t.touches"],
    "model.t.touches": ["model.t.roi"],
    "model.t.spend": ["model.t.roi"],
    "model.t.roi": [],
    "seed.t.rates": [],
}


def manifest(*, reads: list[str] | None = None, attached_node: str | None = None) -> dict[str, Any]:
    """The manifest of these edges, with one test that reads `reads`."""
    parents: dict[str, list[str]] = {node: [] for node in EDGES}
    for parent, children in EDGES.items():
        for child in children:
            parents[child].append(parent)
    test = {"resource_type": "test", "depends_on": {"nodes": reads or []}, "attached_node": attached_node}
    return {"child_map": EDGES, "parent_map": parents, "nodes": {"test.t.one": test}}


def test_a_red_table_stops_what_reads_it_and_no_other() -> None:
    blamed = lineage.blame(manifest(), {"source.t.ga4.events": RED})
    assert blamed == dict.fromkeys(("source.t.ga4.events", "model.t.sessions", "model.t.touches", "model.t.roi"), RED)


def test_a_node_names_its_own_failure_before_one_behind_which_it_lies() -> None:
    blamed = lineage.blame(manifest(), {"source.t.ga4.events": RED, "model.t.spend": BROKEN})
    assert blamed["model.t.spend"] == BROKEN
    assert blamed["model.t.roi"] == RED  # the earlier of two that stop it
    assert "model.t.people" not in blamed
    late = lineage.blame(manifest(), {"source.t.ads.stats": RED, "model.t.spend": BROKEN})
    assert (late["model.t.spend"], late["model.t.roi"]) == (BROKEN, RED)


@pytest.mark.parametrize(
    ("reads", "attached_node", "doubted"),
    [
        (["model.t.people", "model.t.touches"], None, ["model.t.touches"]),  # in against out
        (["source.t.marketo.leads", "model.t.roi", "model.t.spend"], None, ["model.t.roi"]),
        (["model.t.people", "model.t.spend"], None, ["model.t.people", "model.t.spend"]),  # side by side
        (["model.t.people", "seed.t.rates"], None, ["model.t.people"]),  # a seed is policy
        (["seed.t.rates"], None, ["seed.t.rates"]),
        (["model.t.touches", "model.t.people"], "model.t.people", ["model.t.people"]),  # declared on people
    ],
)
def test_a_failed_test_casts_doubt_on_what_came_out(
    reads: list[str], attached_node: str | None, doubted: list[str]
) -> None:
    assert lineage.suspects(manifest(reads=reads, attached_node=attached_node), "test.t.one") == doubted


def test_a_red_suite_of_an_entity_holds_back_the_marts_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members of campaigns are touches, and no accounts; a warning holds back nothing."""
    manifest = written()
    monkeypatch.setattr(runner, "manifest", lambda: manifest)
    suite = next(suite for suite in suites.load() if suite.asset_key == ("conformed", "campaign_members"))
    built = set(lineage.models_of(manifest))
    context = SimpleNamespace(log=logging.getLogger())
    monkeypatch.setattr(assets, "kept_open", lambda _: nullcontext())

    def held(severity: str) -> set[str]:
        check = next(check for check in suite.checks if check.severity == severity)
        monkeypatch.setattr(checks, "judge", lambda *_, **__: [Outcome(check=check, passed=False)])
        failures: dict[str, Failure] = {}
        list(assets._audit(context, None, [suite], built, failures=failures, named={}))  # type: ignore[arg-type]
        return {manifest["nodes"][mart]["name"] for mart in assets._held(built, failures)}

    assert "fct_touchpoints" in held("critical")
    assert not {"dim_accounts", "fct_load_ledger"} & held("critical")
    assert held("warning") == set()


@pytest.mark.parametrize("table", ["billing.invoices", "stripe.invoice"])
def test_unreadable_bills_hold_back_what_is_told_of_bills_alone(table: str) -> None:
    """Nobody misses people or deals for a night because finance's export broke."""
    manifest = written()
    blamed = lineage.blame(manifest, {f"source.touchstone.{table}": RED})
    marts = {
        node["name"]
        for name in blamed
        if (node := manifest["nodes"].get(name)) and node["original_file_path"].startswith("models/marts/")
        if node["resource_type"] == "model"
    }
    assert marts == {"fct_billing_records", "fct_won_and_billed"}
