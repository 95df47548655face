"""Fixtures that several test packages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import settings

# Files of whole nights, the longest first: begun last they would leave a worker idle for as long as they take.
LONGEST = (
    "tests/cases/test_cases.py",
    "tests/publication/test_partial_nights.py",
    "tests/demo/test_stacks.py",
    "tests/demo/test_score.py",
    "tests/e2e/test_recipes.py",
    "tests/models/test_build_on_nothing.py",
    "tests/e2e/test_real_extracts.py",
)
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files before all others, in their order; within a file the order stays."""
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.split("::")[0], len(LONGEST)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The vendors' public extracts beside the project; the test is skipped where they are not."""
    if not (SHARED_DATA / "INDEX.md").exists():
        pytest.skip(f"the real extracts are not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def _own_settings() -> Iterator[None]:
    """Settings are read once per process; each test reads its own environment."""
    settings.current.cache_clear()
    yield
    settings.current.cache_clear()
