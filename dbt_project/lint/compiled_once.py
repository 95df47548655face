"""Spares sqlfluff compiling every macro twice for each model, most of its time: equal text is compiled once."""

from typing import Any

from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment

# sqlfluff runs this module for each model.
if SandboxedEnvironment.compile is Environment.compile:
    compiled: dict[Any, Any] = {}

    def compile_once(self: SandboxedEnvironment, source: Any, *names: Any, **options: Any) -> Any:
        """What Jinja makes of `source`, which all of sqlfluff's environments share."""
        key = (source, names, *options.items())
        if key not in compiled:
            compiled[key] = Environment.compile(self, source, *names, **options)
        return compiled[key]

    SandboxedEnvironment.compile = compile_once
