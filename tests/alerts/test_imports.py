"""Imports in `orchestration/alerts` go one way: from what speaks with people down to what is told."""

import ast
from collections.abc import Iterator

import pytest

from orchestration.settings import PROJECT

PACKAGE = "orchestration.alerts"
FOLDER = PROJECT / "orchestration" / "alerts"
# Each may import those above it.
LAYERS = (
    {"links", "messages"},
    {"findings", "rendering.inert", "routes", "state"},
    {"rendering.lines"},
    {"rendering.markdown", "rendering.page", "rendering.text"},
    {"rendering.service"},
    {"packing", "sending", "weekly"},
    {"planning"},
    {"checking", "telling"},
    {"commands", "options", "sensors"},
)
LEVELS = {module: level for level, modules in enumerate(LAYERS) for module in modules}
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): path
    for path in FOLDER.rglob("*.py")
    if path.stem != "__init__"
}


def imported(module: str) -> Iterator[str]:
    """Modules of the package that one imports, inside functions too."""
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            inside = (node.module or "").removeprefix(PACKAGE).lstrip(".")
            names = [".".join(filter(None, (inside, alias.name))) for alias in node.names]
            yield from (name if name in MODULES else inside for name in names)


def test_every_module_has_its_layer() -> None:
    assert LEVELS.keys() == MODULES.keys()


@pytest.mark.parametrize("module", sorted(LEVELS))
def test_a_module_imports_only_from_layers_above_its_own(module: str) -> None:
    assert [name for name in imported(module) if LEVELS[name] >= LEVELS[module]] == []


def test_only_who_starts_and_shows_things_imports_alerts() -> None:
    users = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "orchestration").rglob("*.py")
        if FOLDER not in path.parents and PACKAGE in path.read_text()
    }
    assert users == {f"orchestration/{name}.py" for name in (
        "__main__", "checking/policy", "definitions", "nightly", "preflight",
    )}  # fmt: skip
