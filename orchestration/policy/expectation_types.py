"""Great Expectations' types and what each takes, from its source: an import of the package takes 2 to 7 s."""

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path

# Fields of every expectation that a suite says beside `kwargs`, or that are Great Expectations' own business.
NO_KWARGS = {
    "catch_exceptions",
    "description",
    "id",
    "library_metadata",
    "meta",
    "notes",
    "rendered_content",
    "severity",
    "windows",
}

# In the package, but not among the types that Great Expectations itself knows.
UNREGISTERED = {"expect_multicolumn_values_to_be_unique"}


@cache
def types() -> frozenset[str]:
    """The names of all types, as `expect_column_max_to_be_between`."""
    package = (_folder() / "core" / "__init__.py").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^from \.(expect_\w+) import", package, flags=re.MULTILINE)) - UNREGISTERED


@cache
def kwargs(name: str) -> frozenset[str]:
    """The kwargs that the type `name` takes; it is one of `types`."""
    classes = _classes(_folder() / "expectation.py") | _classes(_folder() / "core" / f"{name}.py")
    camel = "".join(part.capitalize() for part in name.split("_"))
    found: set[str] = set()
    waiting = [other for other in classes if other.lower() == camel.lower()]
    while waiting:
        bases, fields = classes.get(waiting.pop(), ((), ()))
        found.update(field for field in fields if field not in NO_KWARGS and not field.startswith("_"))
        waiting.extend(bases)
    return frozenset(found)


@cache
def _classes(path: Path) -> dict[str, tuple[list[str], list[str]]]:
    """The bases and the declared fields of each class of a module."""
    return {
        node.name: (
            [base.id for base in node.bases if isinstance(base, ast.Name)],
            [
                field.target.id
                for field in node.body
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and "ClassVar" not in ast.unparse(field.annotation)
            ],
        )
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }


def _folder() -> Path:
    spec = importlib.util.find_spec("great_expectations")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("great_expectations is not installed; run `make nightly`, which installs it")
    return Path(spec.submodule_search_locations[0]) / "expectations"
