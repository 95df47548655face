from collections.abc import Callable

import duckdb
import pytest

from orchestration.quality.evaluation import evaluate
from orchestration.quality.suites import Suite
from tests.quality.conftest import AS_OF, Deliver, insert


def test_transitions_are_judged_by_what_a_system_should_have_stamped(
    suite: Callable[[str], Suite], warehouse: duckdb.DuckDBPyConnection, deliver: Deliver
) -> None:
    deliver("marketo", "leads", {"id": 1})
    stages = (
        ("inquiry", "inferred", False, None),
        ("sal", "inferred", False, None),
        ("mql", "stamped", True, None),
        ("sql", "inferred", False, None),
        ("recycled", "stamped", False, "Timing"),
        ("disqualified", "stamped", False, None),
    )
    rows = [
        {"stage": stage, "evidence": evidence, "is_backward": is_backward, "reason": reason}
        for stage, evidence, is_backward, reason in stages
    ]
    insert(warehouse, "marts.fct_stage_transitions", *rows)
    found = {
        outcome.check.name: outcome for outcome in evaluate(suite("fct_stage_transitions"), warehouse, as_of=AS_OF)
    }
    assert found["has_rows"].passed
    observed = {"stages_stamped": 1 / 4, "moves_forward": 1 / 6, "reasons_known": 1 / 2}
    for check, share in observed.items():
        assert not found[check].passed
        assert found[check].observed == pytest.approx(share)
    assert [row[0] for row in found["reasons_known"].sample] == ["disqualified"]
