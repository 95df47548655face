"""A check shows what its runbook says of it."""

import dagster as dg
import pytest

from orchestration.quality import suites
from orchestration.quality.runbooks import _lines, first_look, link

RUNBOOK = "docs/runbooks/checks.md"


def _look(check: str) -> str:
    return str(first_look(RUNBOOK, check)["first_look"].value)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("has_rows", "`fct_load_ledger`: did a file come"),
        ("quarantine_rate", "`fct_quarantined_rows` where"),
        ("lifecycle_stages_known", "a new value: correct it in the source"),
    ],
)
def test_the_line_that_names_a_check_is_shown_with_it(check: str, said: str) -> None:
    assert _look(check).startswith(said)


def test_what_no_line_names_and_what_lies_elsewhere_shows_none() -> None:
    assert first_look(RUNBOOK, "no_such_check") == {}
    assert first_look("https://wiki.example.com/runbook", "has_rows") == {}


def test_a_runbook_that_is_a_page_is_a_link() -> None:
    assert isinstance(link("https://wiki.example.com/runbook"), dg.UrlMetadataValue)
    assert link(RUNBOOK).value == RUNBOOK


def test_every_check_that_the_runbook_names_exists() -> None:
    known = {check.name for suite in suites.load() for check in suite.checks}
    also = {"no extract yet", "not judged"}  # what stands in place of a finding
    named = {name for name in _lines(RUNBOOK) if not name.startswith(("...", "seeds/"))}
    assert named - also <= known
