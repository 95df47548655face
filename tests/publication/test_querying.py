"""`touchstone sql` on a small publication."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.__main__ import main
from orchestration.publication.publishing import RESTRICTED
from orchestration.settings import current

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Ask as somebody types it: (status, what was printed, what on standard error)."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path / "landing"))
    monkeypatch.chdir(tmp_path)
    current.cache_clear()

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["sql", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    yield call
    current.cache_clear()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A publication of two people, and the folder where it is."""
    names = tmp_path / "published" / RESTRICTED
    names.parent.mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "published" / "touchstone.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_people as from (values ('a', 1), ('b', null)) as t (person_id, score)"
        )
    with duckdb.connect(str(names)) as connection:
        connection.execute("create schema restricted")
        connection.execute("create table restricted.person_contacts as select 'a' as person_id, 'Ada [x]' as full_name")
    return tmp_path / "published"


def test_marts_go_by_their_bare_names(ask: Ask, published: Path) -> None:
    status, out, _ = ask("select person_id, score from dim_people order by person_id")
    assert status == 0
    header, _, *rows = [line.split() for line in out.splitlines() if line.strip()]
    assert (header, rows) == (["person_id", "score"], [["a", "1"], ["b"], ["2", "rows"]])


def test_machines_read_csv_and_json(ask: Ask, published: Path) -> None:
    query = "select * from marts.dim_people order by person_id"
    assert ask(query, "--csv")[1] == "person_id,score\na,1\nb,\n"
    assert json.loads(ask(query, "--json")[1]) == [{"person_id": "a", "score": 1}, {"person_id": "b", "score": None}]


def test_names_are_there_when_asked_for(ask: Ask, published: Path) -> None:
    query = "select full_name from dim_people inner join named.restricted.person_contacts using (person_id)"
    assert "Ada [x]" in ask(query, "--names")[1]
    assert ask(query)[0] == 2


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("drop table dim_people", "only read"),
        ("create temp table x as from dim_people", "only read"),
        ("copy dim_people to 'stolen.csv'", "only read"),
        ("attach 'other.duckdb'", "only read"),
        ("set enable_external_access = true", "only read"),
        ("select 1; drop table dim_people", "2 statements"),
        ("", "0 statements"),
        ("select * from read_text('secret.txt')", "disabled"),
        ("select * from dim_peopel", "dim_people"),
        ("selekt 1", "syntax error"),
    ],
)
def test_what_is_no_question_is_refused(ask: Ask, published: Path, query: str, says: str) -> None:
    Path("secret.txt").write_text("secret")
    before = sorted(path.name for path in published.parent.rglob("*"))
    status, out, error = ask(query)
    assert (status, out) == (2, "")
    assert says in error
    assert sorted(path.name for path in published.parent.rglob("*")) == before
    assert "2 rows" in ask("from dim_people")[1]


def test_before_the_first_publication_it_says_what_publishes(ask: Ask, tmp_path: Path) -> None:
    status, _, error = ask("select 1")
    assert status == 2
    assert f"nothing is published in {tmp_path / 'published'} yet; `make nightly` publishes" in error
