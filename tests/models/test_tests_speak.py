"""Every dbt test says what it means when it fails, who repairs it and how."""

from orchestration.quality.suites import read_owners
from tests import parsed


def test_every_data_test_speaks() -> None:
    tests = [node for node in parsed.manifest().nodes.values() if node.resource_type == "test"]
    silent = [
        node.name
        for node in tests
        if not node.config.meta.get("meaning")
        or node.config.meta.get("owner") not in read_owners()
        or not node.config.meta.get("remedy")
    ]
    assert len(tests) > 400
    assert silent == []
