"""Fixtures that several test packages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import settings

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


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
