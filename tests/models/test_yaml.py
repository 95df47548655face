"""Declarations say each thing once: of a key written twice YAML keeps the last and says nothing."""

from pathlib import Path

import pytest
import yaml

from orchestration.settings import DBT_PROJECT, SEEDS

ROOT = DBT_PROJECT.parent
FILES = sorted(
    path for folder in (DBT_PROJECT / "models", SEEDS, ROOT / "expectations") for path in folder.rglob("*.yml")
)


class OnceOnly(yaml.SafeLoader):
    """Refuses a mapping that has a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{node.start_mark}: {twice} twice"
        return super().construct_mapping(node, deep=deep)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_key_stands_twice(path: Path) -> None:
    assert yaml.load(path.read_text(), OnceOnly) is not None
