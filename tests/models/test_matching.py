"""The duplicate scorer finds one human's records in public data sets whose matches are known."""

from collections.abc import Callable

import pytest

from tests.models.conftest import shared_data
from tests.models.matching import ORACLES, measure


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("febrl dataset1", 0.99, 0.98), ("febrl dataset3", 0.99, 0.96), ("splink fake_1000", 0.99, 0.8)],
)
def test_pairs_found_are_right_and_nearly_all(
    compile_sql: Callable[..., str], name: str, precision: float, recall: float
) -> None:
    outcome = measure(shared_data(ORACLES[name].file), ORACLES[name], compile_sql=compile_sql)
    assert outcome.precision >= precision
    assert outcome.recall >= recall
    assert outcome.f1 > outcome.floor_f1 + 0.3
