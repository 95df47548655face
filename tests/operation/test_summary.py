"""The night on one screen: counts, what is new, known and cleared, by owner, the worst beside the prompt."""

from orchestration import summary
from orchestration.digest import Digest, Finding
from orchestration.lineage import Failure
from orchestration.publication.report import Kept, Report
from orchestration.quality.tally import Tally

MOPS, SALES = "Marketing Operations <m@example.com>", "Sales <s@example.com>"


def _finding(title: str, *, owner: str = MOPS, is_critical: bool = False) -> Finding:
    found = "share is 12 %; expected at most 5 %"
    return Finding(owner, title, is_critical, found, rows=("id = 7", "id = 8"), remedy=f"Mend {title}.")


def _digest(*findings: Finding, published: Report | None = None, is_success: bool = True) -> Digest:
    failed = sum(finding.is_critical for finding in findings)
    return Digest("b", is_success, findings, (), Tally(90, len(findings) - failed, failed, 1), published)


def test_what_is_new_known_and_cleared_is_told_by_owner_the_worst_last() -> None:
    before = _digest(_finding("a: x"), _finding("gone: y"))
    night = _digest(
        _finding("bad: z", is_critical=True), _finding("new: w"), _finding("a: x"), _finding("s", owner=SALES)
    )
    assert list(summary.lines(night, before)) == [
        "Checks: 90 passed, 3 warned, 1 failed, 1 had no data; since the night before 3 new, 1 known, 1 cleared",
        "  cleared  gone: y",
        f"For {SALES}",
        "  warned  new    s  share is 12 % (id = 7); expected at most 5 %",
        f"For {MOPS}",
        "  warned  known  a: x  share is 12 % (id = 7); expected at most 5 %",
        "  warned  new    new: w  share is 12 % (id = 7); expected at most 5 %",
        "  FAILED  new    bad: z  share is 12 % (id = 7); expected at most 5 %",
    ]


def test_a_first_night_knows_no_new_and_a_long_one_is_cut_to_a_screen() -> None:
    night = _digest(*(_finding(f"t: {number}") for number in range(60)), _finding("worst", is_critical=True))
    lines = list(summary.lines(night, None))
    assert len(lines) <= summary.MOST_FINDINGS + 3
    assert "37 known warnings more: `.venv/bin/touchstone report`" in lines[1]
    assert lines[-1].startswith("  FAILED  worst")
    assert not [line for line in lines if " new " in line]
    assert max(map(len, lines)) <= summary.WIDTH


def test_what_was_kept_back_says_why_who_and_what_to_do() -> None:
    failure = Failure("marts/fct_x no_row_lost", "3 rows", MOPS, "Ask.")
    night = _digest(published=Report(40, (Kept("fct_x", "2026-07-01", failure),)))
    assert list(summary.outcome(night, has_published_before=True)) == [
        "Published 39 of 40 marts; kept yesterday's: fct_x (because marts/fct_x no_row_lost: 3 rows).",
        "  KEPT    fct_x (as of 2026-07-01)",
        "          because marts/fct_x no_row_lost: 3 rows",
        f"          owner: {MOPS}",
        "          remedy: Ask.",
    ]


def test_a_failed_night_shows_its_reason_in_its_last_lines() -> None:
    step = Finding("Data Engineering", "step ingest_marketo", True, "OSError: no space left", remedy="Read the log.")
    night = _digest(step, is_success=False)
    assert list(summary.outcome(night, has_published_before=True)) == [
        "Failed; the marts published last stay in place.",
        "  step ingest_marketo: OSError: no space left",
        "Next: Data Engineering, step ingest_marketo: Read the log.",
    ]


def test_details_tell_all() -> None:
    finding = Finding(
        MOPS, "t: x", False, "f", harm="h", rows=("id = 1",), remedy="r", runbook="docs/runbooks/checks.md"
    )
    assert list(summary.details([finding])) == [
        "  warned  t: x",
        "          f",
        "          matters: h",
        "          row: id = 1",
        f"          owner: {MOPS}",
        "          remedy: r",
        "          runbook: docs/runbooks/checks.md",
    ]
