"""Every recipe of the README still fits the files that it edits; what they do is a night of `tests/e2e`."""

from pathlib import Path

from tests.e2e.test_recipes import cook


def test_every_edit_of_every_recipe_fits(tmp_path: Path) -> None:
    cook(tmp_path / "project", landing=tmp_path / "landing", channel="http://127.0.0.1:1/")
