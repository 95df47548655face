"""Situations from the field, one folder each: what the marts say of it is right. tests/cases/README.md tells how."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dbt_common.exceptions import DbtRuntimeError

from tests.cases.building import Project
from tests.cases.collisions import Collision
from tests.cases.nights import Answer, Group, grouped
from tests.cases.situations import Case, Check, read_all

pytestmark = pytest.mark.slow

CASES = read_all()
GROUPS = grouped(CASES)
Ask = Callable[[Case, Check], Answer]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The dbt project, ready to build."""
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def ask(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The answer to a check; each group's nights run once, when the first of its checks is asked."""
    folder = tmp_path_factory.mktemp("cases")
    answered: dict[str, dict[tuple[str, str], Answer] | Exception] = {}

    def answer(case: Case, check: Check) -> Answer:
        group = GROUPS[case.name, check.variant]
        if group.name not in answered:
            answered[group.name] = _answers(group, project, folder=folder / group.name.replace(" ", "_"))
        found = answered[group.name]
        return found if isinstance(found, Exception) else found[case.name, check.title]

    return answer


def _answers(group: Group, project: Project, *, folder: Path) -> dict[tuple[str, str], Answer] | Exception:
    try:
        return group.run(project, folder=folder)
    except (Collision, DbtRuntimeError) as raised:
        return raised


def _parameters() -> Iterator[object]:
    for case in CASES:
        for check in case.checks:
            marks = []
            if check.known_wrong:
                marks.append(pytest.mark.xfail(reason=check.known_wrong, strict=True, raises=AssertionError))
            if case.extracts is None:
                marks.append(pytest.mark.skip(reason="the cases beside the project are not here"))
            yield pytest.param(case, check, id=f"{case.name}: {check.title}", marks=marks)


@pytest.mark.parametrize(("case", "check"), _parameters())
def test_case(ask: Ask, case: Case, check: Check) -> None:
    found = ask(case, check)
    if isinstance(found, Exception):
        raise found
    assert found in check.right, "\n".join(
        [f"{case.name}: {case.description}", check.query, f"found {found}", *(f"right {rows}" for rows in check.right)]
    )
