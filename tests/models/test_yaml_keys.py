"""A key that a YAML file says twice loses what it said first, and no reader complains."""

import pytest
import yaml

from orchestration.settings import PROJECT

FOLDERS = ("dbt_project", "seeds", "expectations")


def repeated(node: yaml.Node | None) -> list[str]:
    """Keys of a mapping that stand in it more than once, with their lines."""
    if isinstance(node, yaml.SequenceNode):
        return [key for part in node.value for key in repeated(part)]
    if not isinstance(node, yaml.MappingNode):
        return []
    names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    own = [
        f"{key.value} in line {key.start_mark.line + 1}"
        for place, (key, _) in enumerate(node.value)
        if key.value in names[:place]
    ]
    return own + [key for _, part in node.value for key in repeated(part)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_key_is_said_twice(folder: str) -> None:
    files = [path for path in (PROJECT / folder).rglob("*.yml") if "target" not in path.parts]
    found = {str(path.relative_to(PROJECT)): repeated(yaml.compose(path.read_text())) for path in files}
    assert files
    assert not {path: keys for path, keys in found.items() if keys}


def test_a_repeated_key_is_seen() -> None:
    assert repeated(yaml.compose("a:\n  - {b: 1, c: 2}\n  - b: 1\n    b: 2\n")) == ["b in line 4"]
