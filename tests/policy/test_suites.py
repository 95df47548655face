"""Faults of suites, each in a file of its own: what is wrong, in which line, and what was meant."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.checking import queries
from orchestration.policy import expectation_types, marked
from orchestration.policy.findings import PolicyError
from orchestration.policy.suites import faults
from orchestration.quality import suites
from orchestration.settings import PROJECT

SUITE = """\
name: marketo__leads
meta:
  description: "Leads."
  asset_key: [marketo, leads]
  owner: marketing_operations
  queries:
    extract: {template: extract}
    statuses: {template: values, column: lead_status}
  samples:
    quarantined: {template: quarantined}
expectations:
  - type: expect_column_max_to_be_between
    kwargs: {column: extract.row_count, min_value: 1}
    severity: critical
    description: "The funnel counts nobody."
    meta:
      check: has_rows
      remedy: "Ask for the extract."

  - type: expect_column_max_to_be_between
    kwargs: {column: extract.newest_age_days, max_value: {$PARAMETER: threshold.age.warn}}
    severity: warning
    description: "Marketers read old leads."
    meta:
      check: fresh
      sample: quarantined
"""
MART = """\
name: fct_reconciliation
meta:
  description: "Core counts."
  asset_key: [marts, fct_reconciliation]
  owner: revenue_operations
  inputs: [people]
  queries:
    rows: "select count(*) as row_count from marts.fct_reconciliation"
expectations:
  - type: expect_column_max_to_be_between
    kwargs: {column: rows.row_count, min_value: 1}
    severity: critical
    description: "Nobody knows."
    meta: {check: has_rows}
"""
PARAMETERS = {"threshold.age.warn"}
OWNERS = {"marketing_operations", "revenue_operations"}

# Each fault: what is written instead of what, then line, place, value, and words of the fault and of the remedy.
FAULTS = {
    "asset": ("[marketo, leads]", "[marketo, leed]", 4, "meta.asset_key", "marketo/leed", "judge noth", "mean"),
    "a mart among extracts": (
        "[marketo, leads]", "[marts, dim_people]", 4, "meta.asset_key", "marts/dim_people", "no raw table", "name one",
    ),
    "owner": ("marketing_operations", "marketing_ops", 5, "meta.owner", "marketing_ops", "no row in", "did you mean"),
    "name": ("marketo__leads\n", "marketo_leads\n", 1, "name", "marketo_leads", "not the file's", "marketo__leads"),
    "template": ("extract}", "extracts}", 7, "meta.queries.extract", "extracts", "is no template", "mean 'extract'?"),
    "column of a template": (
        "lead_status}", "lead_state}", 8, "meta.queries.statuses.column", "lead_state", "no column of marketo", "mean",
    ),
    "key of the suite": ("  samples:", "  sample:", 9, "meta.sample", "sample", "is unknown", "mean 'samples'?"),
    "type": (
        "  - type: expect_column_max_to_be_between\n    kwargs: {column: extract.new",
        "  - type: expect_column_maximum_to_be\n    kwargs: {column: extract.new",
        20, "check 'fresh', type", "expect_column_maximum_to_be", "is no expectation of Great", "expect_column_max",
    ),
    "kwarg": ("min_value: 1}", "minimum: 1}", 13, "check 'has_rows', kwargs.minimum", "minimum", "takes", "min_value"),
    "parameter": (
        "threshold.age.warn", "threshold.age.wran", 21, "check 'fresh', kwargs.max_value", "threshold.age.wran",
        "no row in seeds/check_thresholds.csv", "mean 'threshold.age.warn'?",
    ),
    "query": (
        "extract.newest", "extracts.newest", 21, "check 'fresh', kwargs.column", "extracts.newest_age_days",
        "comes from no query", "extract, statuses",
    ),
    "severity": ("severity: warning", "severity: info", 22, "check 'fresh', severity", "info", "is unknown", "warning"),
    "key of a check": (
        "      sample: q", "      sampel: q", 26, "check 'fresh', meta.sampel", "sampel", "is unknown", "'sample'?",
    ),
    "sample": (
        "sample: quarantined", "sample: quarantine", 26, "check 'fresh', meta.sample", "quarantine", "is not under",
        "mean 'quarantined'?",
    ),
    "owner of a check": (
        "sample: quarantined", "owner: revenue_ops", 26, "check 'fresh', meta.owner", "revenue_ops", "no row in",
        "mean 'revenue_operations'?",
    ),
    "mart held back": (
        "sample: quarantined", "holds_back: [fct_funnel_count]", 26, "check 'fresh', meta.holds_back.0",
        "fct_funnel_count", "is no mart", "mean 'fct_funnel_counts'?",
    ),
    "no description": (
        '    description: "Marketers read old leads."\n', "", 20, "check 'fresh'", None, "description is miss", "type",
    ),
    "no owner": ("  owner: marketing_operations\n", "", 2, "meta", None, "owner is missing", "meta has"),
}  # fmt: skip


def found(folder: Path, text: str, *, name: str = "raw/marketo__leads") -> list:
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return faults(path, parameters=PARAMETERS, owners=OWNERS)


def test_a_suite_without_a_fault(tmp_path: Path) -> None:
    assert not found(tmp_path, SUITE)
    assert not found(tmp_path, MART, name="marts/fct_reconciliation")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_where_it_stands(tmp_path: Path, fault: str) -> None:
    old, new, line, place, value, wrong, remedy = FAULTS[fault]
    assert SUITE.count(old) == 1
    (finding,) = found(tmp_path, SUITE.replace(old, new))
    assert (finding.file, finding.line, finding.column) == ("expectations/raw/marketo__leads.yml", line, place)
    assert finding.value == value
    assert wrong in finding.wrong
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("old", "new", "place", "wrong"),
    [
        ("[marts, fct_reconciliation]", "[marts, fct_reconcilation]", "meta.asset_key", "is no mart"),
        ("[people]", "[peeple]", "meta.inputs.0", "is no entity"),
        ("critical", "warning", "check 'has_rows'", "does not count its rows first"),
    ],
)
def test_a_fault_of_a_suite_of_a_mart(tmp_path: Path, old: str, new: str, place: str, wrong: str) -> None:
    (finding,) = found(tmp_path, MART.replace(old, new), name="marts/fct_reconciliation")
    assert (finding.column, wrong in finding.wrong) == (place, True)


def test_a_name_that_stands_twice_and_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    twice = found(tmp_path, SUITE.replace("check: fresh", "check: has_rows"))
    assert [(finding.line, finding.wrong) for finding in twice] == [(17, "stands twice"), (25, "stands twice")]
    (broken,) = found(tmp_path, SUITE + "  - type: [\n")
    assert "is no YAML" in broken.wrong


def test_all_faults_of_all_suites_are_told_at_once(tmp_path: Path) -> None:
    for name in ("raw/marketo__leads", "raw/salesforce__lead"):
        found(tmp_path, SUITE.replace("severity: warning", "severity: info"), name=name)
    with pytest.raises(PolicyError) as refused:
        suites.load(tmp_path)
    said = str(refused.value).splitlines()
    assert sum("'info' is unknown" in line for line in said) == 2
    assert any("salesforce__lead.yml, line 1, name" in line for line in said)


def test_types_and_what_they_take_are_great_expectations_own() -> None:
    import great_expectations as gx
    from great_expectations.expectations.registry import list_registered_expectation_implementations

    assert gx.__version__
    registered = set(list_registered_expectation_implementations())
    # It also registers one that runs SQL of its own, which no suite of a frame can be.
    assert expectation_types.types() == registered - {"unexpected_rows_expectation"}
    for name in sorted(expectation_types.types()):
        fields = getattr(gx.expectations, _class_of(name)).__fields__
        declared = {key for key in fields if key not in expectation_types.NO_KWARGS}
        assert expectation_types.kwargs(name) >= declared, name


def _class_of(name: str) -> str:
    import great_expectations as gx

    return next(each for each in dir(gx.expectations) if each.lower() == name.replace("_", ""))


def test_lines_of_a_document(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a:\n  - b: 1\n    c: {d: 2}\n  - e\n")
    document = marked.read(tmp_path / "a.yml")
    assert [document.line(*path) for path in ((), ("a",), ("a", 0, "c", "d"), ("a", 1), ("a", 0, "x"), ("a", 7))] == [
        1, 1, 3, 4, 2, 1,
    ]  # fmt: skip


def suite_of(text: str, folder: Path, *, name: str) -> suites.Suite:
    path = folder / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return suites.read(path, parameters={"threshold.age.warn": 2.0}, owners=suites.read_owners())


UNBOUND = {
    "column": ("extract.newest_age_days", "extract.newest_age", 21, "is no column that the query 'extract' returns"),
    "column in SQL": (
        "{template: values, column: lead_status}",
        '"select none from raw_marketo.leads"',
        8,
        "does not run",
    ),
    "table in SQL": ("{template: quarantined}", '"select * from marts.fct_nowhere"', 10, "does not run"),
}


@pytest.mark.parametrize("fault", UNBOUND)
def test_sql_that_names_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    old, new, line, wrong = UNBOUND[fault]
    suite = suite_of(SUITE.replace(old, new), tmp_path, name="raw/marketo__leads")
    monkeypatch.setattr(queries, "EXPECTATIONS", tmp_path)
    (finding,) = queries.faults([suite])
    assert (finding.line, wrong in finding.wrong) == (line, True)


def test_the_projects_own_suites_have_no_fault() -> None:
    loaded = suites.load()
    assert loaded
    assert not list(queries.faults(loaded))


def test_loading_suites_imports_neither_pandas_nor_great_expectations() -> None:
    code = "import sys; from orchestration.quality import suites; suites.load(); "
    code += "print(sorted({'pandas', 'pandera', 'great_expectations'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
