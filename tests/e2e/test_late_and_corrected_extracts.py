"""Late and corrected extracts, loaded night by night, give what a full rebuild from all files gives."""

import shutil
from pathlib import Path

import pytest

from orchestration.demo.simulation import simulate
from tests.e2e.nights import Night

pytestmark = [pytest.mark.slow, pytest.mark.long]

# Says when and in which batch a file came, or which night saw a defect: that differs between one night and three.
ABOUT_LOADING = {
    "fct_load_ledger",
    "fct_quarantined_rows",
    "fct_cell_defects",
    "fct_column_drift",
    "fct_defect_changes",
    "fct_defect_history",
    "fct_kpi_snapshots",
}


def test_three_nights_with_a_late_and_a_corrected_extract_equal_one_rebuild(tmp_path: Path) -> None:
    simulate(size=300, seed=12, out=tmp_path / "company")
    everything = tmp_path / "company" / "landing"
    files = sorted(path for path in everything.rglob("*") if path.is_file())
    late = [path for path in files if path.parent.name == "leads"][5]
    rest = [path for path in files if path != late]
    first, second = rest[: len(rest) * 2 // 3], rest[len(rest) * 2 // 3 :]
    corrected = _corrected(next(path for path in files if path.parent.name == "Lead"), everything)

    incremental = Night(landing=tmp_path / "arriving", home=tmp_path / "incremental")
    published: list[set[str]] = []
    for arrived in ([*first], [*second], [late, corrected]):
        for path in arrived:
            place = incremental.landing / path.relative_to(everything)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
        finished = incremental.run()
        assert finished.returncode in (0, 1), finished.stderr
        if incremental.has_published():
            published.append({person_id for (person_id,) in incremental.query("select person_id from dim_people")})

    rebuilt = Night(landing=everything, home=tmp_path / "rebuilt")
    assert rebuilt.run().returncode == 0

    assert finished.returncode == 0, finished.stdout
    expected = {mart: content for mart, content in rebuilt.contents().items() if mart not in ABOUT_LOADING}
    assert {mart: content for mart, content in incremental.contents().items() if mart in expected} == expected

    redirects = dict(incremental.query("select former_person_id, person_id from dim_person_redirects"))
    assert len(published) > 1
    for people in published:
        assert {redirects.get(person_id) for person_id in people} <= published[-1]


def _corrected(original: Path, landing: Path) -> Path:
    """The same extract delivered again under a later name, with one company name put right."""
    text = original.read_text(encoding="utf-8-sig")
    header, first, *others = text.splitlines(keepends=True)
    name = header.split(",").index("Company")
    cells = first.split(",")
    cells[name] = "Corrected Company"
    copy = original.with_name(original.stem + "_corrected" + original.suffix)
    copy.write_text("".join([header, ",".join(cells), *others]))
    return copy
