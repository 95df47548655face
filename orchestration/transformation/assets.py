"""The build as one step: the gate on raw tables, dbt on what passed it, the audit of the models that dbt made.

What fails stops what reads it, by dbt's lineage, and nothing else. Dagster stops whole steps and would stop everything
behind them, so gate, dbt and audit share a step, which succeeds and offers the marts that passed for publication.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration import incremental, lineage
from orchestration.automation import RETRY
from orchestration.lineage import Failure
from orchestration.policy.assets import LAYERS
from orchestration.publication.candidates import Candidates, offer, withdraw
from orchestration.quality import checks, losses
from orchestration.quality.connections import kept_open
from orchestration.quality.suites import Suite
from orchestration.running import at_work
from orchestration.settings import Settings
from orchestration.transformation import results, runner

CANDIDATES = dg.AssetKey(["candidates"])

Reported = dg.MaterializeResult | dg.AssetCheckResult


def build_transformation(suites: Sequence[Suite]) -> dg.AssetsDefinition:
    """Every model and seed, every check on them and on the raw tables, and what they offer for publication.

    Drawn from the manifest that `runner.prepare` wrote.
    """

    @dbt_assets(manifest=runner.manifest_path(), dagster_dbt_translator=results.TRANSLATOR)
    def drawn() -> Iterator[dg.Output[None]]:
        yield from ()

    marts = [results.TRANSLATOR.get_asset_key(node) for node in _marts().values()]
    # What a failed test judges is held back with all that reads it; raising would hold back the rest too.
    told = results.test_descriptions()
    tests = [spec._replace(blocking=False, description=told.get(spec.key)) for spec in drawn.check_specs]
    candidates = dg.AssetSpec(
        CANDIDATES,
        deps=marts,
        group_name="published",
        description="Which marts were built and passed their audit, and why each other one is held back.",
    )

    @dg.multi_asset(
        name="build",
        specs=[*drawn.specs, candidates],
        check_specs=[*tests, losses.SPEC, *checks.build_specs(suites)],
        allow_arbitrary_check_specs=True,
        can_subset=True,
        pool="duckdb",
        retry_policy=RETRY,
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[Reported]:
        # One part alone can't be judged: whatever is selected, all is built, and what is selected is reported.
        with at_work(context) as settings:
            for report in _build(context, settings, suites):
                if isinstance(report, dg.MaterializeResult):
                    is_selected = report.asset_key in context.selected_asset_keys
                else:
                    key = dg.AssetCheckKey(report.asset_key, report.check_name)
                    is_selected = key in context.selected_asset_check_keys
                if is_selected:
                    yield report

    return build


def _build(context: dg.AssetExecutionContext, settings: Settings, suites: Sequence[Suite]) -> Iterator[Reported]:
    withdraw(settings)
    failures: dict[str, Failure] = {}
    named: dict[str, Failure] = {}
    yield from _gate(context, settings, [suite for suite in suites if suite.is_raw], failures)
    built = yield from _models(context, settings, failures)
    yield from _audit(
        context, settings, [suite for suite in suites if not suite.is_raw], built, failures=failures, named=named
    )
    held = named | _held(built, failures)
    passed = tuple(node["name"] for name, node in _marts().items() if name not in held)
    offer(
        settings,
        Candidates(context.run_id, settings.as_of, passed, {_name(mart): because for mart, because in held.items()}),
    )
    for failure in dict.fromkeys([*failures.values(), *named.values()]):
        context.log.error(f"{failure}; holds back {sum(because == failure for because in held.values())} marts")
    yield dg.MaterializeResult(asset_key=CANDIDATES, metadata={"passed": len(passed), "held_back": len(held)})


def _gate(
    context: dg.AssetExecutionContext, settings: Settings, suites: Sequence[Suite], failures: dict[str, Failure]
) -> Iterator[Reported]:
    """Judge the raw tables; `failures` gains those that nothing may read."""
    lost = losses.find(settings)
    yield losses.result(lost)
    for table, failure in losses.failures(lost):
        failures[lineage.source(runner.manifest(), *table)] = failure
    for suite in suites:
        outcomes = checks.judge(suite, settings)
        context.log.info(f"gate {'/'.join(suite.asset_key)}: {checks.in_one_line(outcomes)}")
        yield from (checks.result(suite, outcome) for outcome in outcomes)
        failure = checks.stopping(suite, outcomes)
        if failure:
            failures.setdefault(lineage.source(runner.manifest(), *suite.asset_key), failure)


def _models(
    context: dg.AssetExecutionContext, settings: Settings, failures: dict[str, Failure]
) -> Generator[Reported, None, set[str]]:
    """Build what reads no failed raw table; `failures` gains what broke; returns the ids of what was built."""
    manifest = runner.manifest()
    stopped = lineage.blame(manifest, failures)
    models = [name for name in lineage.models_of(manifest) if name not in stopped]
    whole_because = incremental.reason_to_rebuild(settings, manifest, models=models)
    red = [".".join(name.split(".")[-2:]) for name in failures]
    finished = runner.build(settings, without=red, full_refresh=whole_because is not None)
    made = [result for result in finished if result.node.resource_type in ("model", "seed")]
    tests = [result for result in finished if result.node.resource_type == "test"]
    built = {result.node.unique_id for result in made if result.status in runner.BUILT}
    incremental.record_built(settings, manifest, models=built)
    for result in finished:
        if result.status in runner.FAILED:
            for node in results.spoiled(result):
                failures.setdefault(node, results.failure(result))
    row_counts = results.row_counts(settings)
    yield from (results.materialization(result, row_counts) for result in made if result.node.unique_id in built)
    yield from filter(None, (results.check_result(settings, result) for result in tests))
    context.log.info(
        f"{len(built)} of {len(made)} models and seeds, {len(tests)} tests"
        + (f"; event tables built whole: {whole_because}" if whole_because else "")
    )
    return built


def _audit(
    context: dg.AssetExecutionContext,
    settings: Settings,
    suites: Sequence[Suite],
    built: set[str],
    *,
    failures: dict[str, Failure],
    named: dict[str, Failure],
) -> Iterator[Reported]:
    """Judge the entities and marts that were built; `failures` gains those that stop what reads them too.

    `named` gains those that a check of another mart holds back.
    """
    manifest = runner.manifest()
    ids = {node["name"]: name for layer in LAYERS for name, node in lineage.models_of(manifest, layer=layer).items()}
    unbuilt = {model for model, name in ids.items() if name not in built}
    with kept_open(settings):
        for suite in suites:
            model = suite.asset_key[-1]
            if model in unbuilt:
                continue
            outcomes = checks.judge(suite, settings, unbuilt=unbuilt)
            context.log.info(f"audit {model}: {checks.in_one_line(outcomes)}")
            yield from (checks.result(suite, outcome) for outcome in outcomes)
            failure = checks.stopping(suite, outcomes)
            if failure:
                failures.setdefault(ids[model], failure)
            for other, because in checks.held_back(suite, outcomes).items():
                named.setdefault(ids[other], because)


def _held(built: set[str], failures: Mapping[str, Failure]) -> dict[str, Failure]:
    """The marts that must not be published, and why: they failed, read what failed, or were not built."""
    blamed = lineage.blame(runner.manifest(), failures)
    unknown = Failure("dbt", "did not build it", results.data_engineering(), "Read the run's log; report it.")
    first = next(iter(failures.values()), unknown)
    return {mart: blamed.get(mart, first) for mart in _marts() if mart in blamed or mart not in built}


def _marts() -> dict[str, Mapping[str, Any]]:
    return lineage.models_of(runner.manifest(), layer="marts")


def _name(model: str) -> str:
    return runner.manifest()["nodes"][model]["name"]
