"""Every recipe of the README still fits the files that it edits; what they do is a night of `tests/e2e`."""

from pathlib import Path

from tests.e2e import recipe_book


def test_every_edit_of_every_recipe_fits(tmp_path: Path) -> None:
    recipes = recipe_book.read_all().values()
    recipe_book.cook(recipes, tmp_path / "project", landing=tmp_path / "landing", channel="http://127.0.0.1:1/")
