"""What Dagster and dbt work out once instead of for every node: the same as worked out each time."""

import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest
from dbt.clients.jinja import MacroGenerator, MacroStack
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt_common.clients.jinja import get_environment
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Note, SystemCouldNotWrite

from orchestration import output_keys
from orchestration.settings import PROJECT
from orchestration.transformation.lean import lean
from tests.parsed import manifest

# Of a process in which nothing was replaced: the namespace and the messages of dbt as it ships.
SHIPPED = """
from dbt_common.events.types import SystemCouldNotWrite
from dbt_common.events.base_types import msg_from_base_event
event = SystemCouldNotWrite(path="a/b", reason="Path was too long", exc="x")
print(event.to_json(), event.message(), event.code())
"""


@pytest.fixture(autouse=True)
def _replaced() -> None:
    lean()
    output_keys.keep()


@pytest.fixture
def event_manager() -> Iterator[EventManager]:
    """A manager that hears nothing yet."""
    return EventManager()


@dg.multi_asset(
    specs=[dg.AssetSpec("a"), dg.AssetSpec("b", deps=["a"])],
    check_specs=[dg.AssetCheckSpec("c", asset="a"), dg.AssetCheckSpec("d", asset="b")],
    can_subset=True,
)
def both(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Reports what is selected."""
    for key in sorted(context.selected_asset_keys):
        yield dg.MaterializeResult(asset_key=key)
    for check in sorted(context.selected_asset_check_keys):
        yield dg.AssetCheckResult(asset_key=check.asset_key, check_name=check.name, passed=True)


def test_the_kept_keys_of_a_definition_are_its_keys() -> None:
    part = both.subset_for({dg.AssetKey("b")}, selected_asset_check_keys={dg.AssetCheckKey(dg.AssetKey("b"), "d")})
    for definition in (both, part, both):
        assert definition.asset_and_check_keys == {*definition.keys, *definition.check_keys}
    assert len(part.asset_and_check_keys) == 2
    assert len(both.asset_and_check_keys) == 4


@pytest.mark.parametrize("selected", [["a", "b"], ["b"]])
def test_a_step_reports_what_is_selected_of_it(selected: list[str]) -> None:
    chosen = [dg.AssetKey(name) for name in selected]
    job = dg.Definitions(
        assets=[both], jobs=[dg.define_asset_job("job", selection=dg.AssetSelection.assets(*chosen))]
    ).resolve_job_def("job")
    ran = job.execute_in_process()
    assert [event.asset_key for event in ran.get_asset_materialization_events()] == chosen
    assert {check.asset_key for check in ran.get_asset_check_evaluations()} == set(chosen)


def test_a_namespace_finds_what_a_search_of_its_parts_finds() -> None:
    context: dict = {}
    stack, internal = MacroStack(), ["dbt_duckdb", "dbt"]
    packages = manifest().get_macros_by_package()
    found = MacroNamespaceBuilder("touchstone", "touchstone", stack, internal, None).build_namespace(packages, context)
    assert len(list(found)) == len(found) > 500
    for name in found:
        assert found[name] is next(part[name] for part in found._search_order() if name in part), name
    assert "no_such_macro" not in found
    for name, macro in packages["touchstone"].items():
        wrapped = found.get_from_package("touchstone", name)
        assert isinstance(wrapped, MacroGenerator)
        assert (wrapped.macro, wrapped.context, wrapped.node, wrapped.stack) == (macro, context, None, stack)
    # The adapter's own macros come before those that dbt ships for every adapter.
    both_have = packages["dbt"].keys() & packages["dbt_duckdb"].keys()
    assert all(found[name].macro.package_name == "dbt_duckdb" for name in both_have - packages["touchstone"].keys())


def test_a_local_macro_comes_before_that_of_another_package() -> None:
    local, rooted, shipped = ({"macro": object()} for _ in range(3))
    found = MacroNamespace(rooted, local, shipped, {"package": {}})
    assert found["macro"] is local["macro"]
    assert MacroNamespace(rooted, {}, shipped, {})["macro"] is rooted["macro"]
    assert MacroNamespace({}, {}, shipped, {})["macro"] is shipped["macro"]


def test_templates_of_one_text_differ_by_what_they_are_given() -> None:
    text = "{{ value }} and {{ 1 + 1 }}"
    first, second = (get_environment().from_string(text, globals={"value": value}) for value in ("a", "b"))
    native = get_environment(native=True).from_string("{{ value }}")
    assert (first.render({}), second.render({})) == ("a and 2", "b and 2")
    assert native.render({"value": [1]}) == [1]
    assert get_environment().from_string("{{ value }}").render({"value": "1"}) == "1"


def test_an_event_says_when_asked_what_dbt_writes_at_once() -> None:
    event = SystemCouldNotWrite(path="a/b", reason="Path was too long", exc="x")
    shipped = subprocess.run([sys.executable, "-c", SHIPPED], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert f"{event.to_json()} {event.message()} {event.code()}\n" == shipped.stdout
    event.path = "c"
    assert (event.path, event.reason) == ("c", "Path was too long")


def test_whoever_listens_hears_every_event(event_manager: EventManager) -> None:
    heard: list = []
    event_manager.fire_event(Note(msg="unheard"))
    event_manager.add_callback(heard.append)
    event_manager.fire_event(Note(msg="heard"), level=EventLevel.WARN)
    assert [(message.info.msg, message.info.level) for message in heard] == [("heard", "warn")]


def test_a_warning_that_is_an_error_stops_though_nobody_listens(event_manager: EventManager) -> None:
    event_manager.warn_error = True
    with pytest.raises(Exception, match="told"):
        event_manager.fire_event(Note(msg="told"), force_warn_or_error_handling=True)
    event_manager.require_warn_or_error_handling = True
    with pytest.raises(Exception, match="told"):
        event_manager.fire_event(Note(msg="told"), level=EventLevel.WARN)


def test_an_event_that_nobody_hears_is_not_written(event_manager: EventManager) -> None:
    event: BaseEvent = Note(msg="unheard")
    event_manager.fire_event(event)
    assert "pb_msg" not in event.__dict__
