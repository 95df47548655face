"""dbt without what it works out for every node again and nobody reads.

A night runs 1,500 nodes, each in two contexts of its own: some 800 macros wrapped one by one and looked up by searching
five dictionaries, the modules that templates may use, a template compiled to Python though another test had the same
text. Beside it a dozen log events a node are written as protobuf, also where no logger is left to take them. Without it
a test of a seed takes 19 ms of CPU instead of 33 here; results, contexts and what listeners hear are the same.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from types import CodeType
from typing import Any

# Of the templates of one project, which has 1,900 and parses them again when the next build of a process begins.
TEMPLATES = 8192


@cache
def lean() -> None:
    """Apply to every dbt command that this process runs."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context import base
    from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
    from dbt.contracts.graph.nodes import ParsedNode
    from dbt_common.clients.jinja import MacroFuzzEnvironment
    from dbt_common.events.base_types import BaseEvent
    from dbt_common.events.event_manager import EventManager

    _keep_compiled(MacroFuzzEnvironment)
    _write_when_read(BaseEvent)
    _fire_for_listeners(EventManager)
    _join_once(MacroNamespace)
    _wrap_at_once(MacroNamespaceBuilder, MacroGenerator)
    _leave_out_tests(ParsedNode)
    base.get_context_modules = cache(base.get_context_modules)


def _keep_compiled(environment: Any) -> None:
    """A template's Python follows from its text, the kind of environment and its extensions, and is the same object."""
    compile_anew = environment.compile

    @lru_cache(maxsize=TEMPLATES)
    def compiled(kind: type, extensions: tuple[str, ...], source: str) -> CodeType:
        return compile_anew(examples[kind, extensions], source)

    examples: dict[tuple[type, tuple[str, ...]], Any] = {}

    def compile_once(self: Any, source: Any, *arguments: Any, **others: Any) -> Any:
        if arguments or others or not isinstance(source, str):
            return compile_anew(self, source, *arguments, **others)
        kind, extensions = type(self), tuple(self.extensions)
        examples.setdefault((kind, extensions), self)
        return compiled(kind, extensions, source)

    environment.compile = compile_once


def _write_when_read(event: Any) -> None:
    """An event becomes a protobuf message when somebody asks what it says."""
    write, set_attribute = event.__init__, event.__setattr__

    def keep(self: Any, *arguments: Any, **said: Any) -> None:
        object.__setattr__(self, "_said", (arguments, said))

    def look_up(self: Any, name: str) -> Any:
        if name == "pb_msg":
            arguments, said = object.__getattribute__(self, "_said")
            write(self, *arguments, **said)
            return object.__getattribute__(self, "pb_msg")
        return getattr(self.pb_msg, name)

    def change(self: Any, name: str, value: Any) -> None:
        if name != "pb_msg":
            _ = self.pb_msg
        set_attribute(self, name, value)

    event.__init__, event.__getattr__, event.__setattr__ = keep, look_up, change


def _fire_for_listeners(manager: Any) -> None:
    """An event that no logger and no callback would hear of, and that may stop nothing, is not told.

    dbt has one callback of its own, which hears of changes of behaviour alone.
    """
    from dbt.tracking import track_behavior_change_warn

    fire = manager.fire_event

    def fire_if_heard(
        self: Any, e: Any, level: Any = None, node: Any = None, force_warn_or_error_handling: bool = False
    ) -> None:
        may_stop = force_warn_or_error_handling or (
            self.require_warn_or_error_handling and (level or e.level_tag()).value == "warn"
        )
        listens = self.loggers or any(callback is not track_behavior_change_warn for callback in self.callbacks)
        if may_stop or listens or type(e).__name__ == "BehaviorChangeEvent":
            fire(self, e, level, node, force_warn_or_error_handling)

    manager.fire_event = fire_if_heard


def _join_once(namespace: Any) -> None:
    """One dictionary in place of five that are searched for each name."""
    set_up = namespace.__init__

    def set_up_and_join(self: Any, *arguments: Any, **members: Any) -> None:
        set_up(self, *arguments, **members)
        joined: dict[str, Any] = {}
        for found in reversed(list(self._search_order())):
            joined.update(found)
        self._joined = joined

    def names(self: Any) -> Iterator[str]:
        return iter(self._joined)

    def member(self: Any, name: str) -> Any:
        return self._joined[name]

    namespace.__init__, namespace.__iter__, namespace.__getitem__ = set_up_and_join, names, member


def _wrap_at_once(builder: Any, generator: Any) -> None:
    """All macros of a package in one go, by one constructor in place of three that call each other."""
    add_one_by_one = builder.add_macros

    def set_up(self: Any, macro: Any, context: Any = None, node: Any = None, stack: Any = None) -> None:
        self.context = context
        self.macro = macro
        self.node = node
        self.stack = stack

    def add_package(self: Any, macros: Any, ctx: Any) -> None:
        macros = list(macros)
        packages = {macro.package_name for macro in macros}
        package = packages.pop() if len(packages) == 1 else None
        made = {macro.name: generator(macro, ctx, self.node, self.thread_ctx) for macro in macros}
        is_internal = package in self.internal_package_names
        place = self.internal_packages if is_internal else self.packages
        if package is None or package in place or len(made) < len(macros):
            add_one_by_one(self, macros, ctx)
            return
        place[package] = made
        if is_internal:
            return
        if package == self.search_package:
            self.locals.update(made)
        elif package == self.root_package:
            self.globals.update(made)

    generator.__init__, builder.add_macros = set_up, add_package


def _leave_out_tests(node: Any) -> None:
    """Two files of each test say what its result holds too; models keep theirs."""
    write = node.write_node

    def write_but_tests(self: Any, *arguments: Any, **others: Any) -> None:
        if self.resource_type != "test":
            write(self, *arguments, **others)

    node.write_node = write_but_tests
