"""YAML whose every place knows its line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Marked:
    """A document as plain data, and the nodes that it was made from."""

    data: Any
    root: yaml.Node | None

    def line(self, *path: str | int) -> int:
        """The line of the key or element at `path`; of the deepest there is, where it ends earlier."""
        node, line = self.root, 1
        for step in path:
            found = _child(node, step)
            if found is None:
                return line
            mark, node = found
            line = mark.start_mark.line + 1
        return line


def read(path: Path) -> Marked:
    """The document of one file; raises yaml.YAMLError, which names the line, when it is none."""
    text = path.read_text(encoding="utf-8")
    return Marked(yaml.load(text, Loader=yaml.CSafeLoader), yaml.compose(text, Loader=yaml.CSafeLoader))


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What marks the place of `step` below a node, and the node there."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None
