"""docs/connect: what it says of folders and columns is what the contracts say.

Folders stand as `system/object`. In a table with the header "at least" or "columns" every piece of inline code under it
is a column of the folder in the row; under "without them" and elsewhere marts and seeds are names of the project.
"""

import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from orchestration import contracts
from orchestration.checking.marts import marts_of
from orchestration.contracts import Contract
from orchestration.ingestion.headers import Rejected, match, resolve
from orchestration.ingestion.ledger import BOOKKEEPING
from orchestration.publication import nights
from orchestration.settings import DBT_PROJECT, PROJECT, SEEDS
from tests.docs.pages import inline, links, pages, tables
from tests.parsed import written

CONNECT = PROJECT / "docs" / "connect"
INDEX = CONNECT / "README.md"
SYSTEMS = sorted({system for system, _ in contracts.load()})
FOLDERS = {f"{system}/{object_}": contract for (system, object_), contract in contracts.load().items()}
FOLDER = re.compile(rf"({'|'.join(SYSTEMS)})/\w+")
MART = re.compile(r"(fct|dim)_\w+")
ACTIVITIES = re.compile(r"activity_type_id\s*(?:=|in)\s*[(]?([0-9, ]+)")
# Whatever is delivered, the lake keeps a ledger of it.
LEDGER = f"{contracts.LAKE}.{BOOKKEEPING['_ledger']}"


def page(system: str) -> str:
    return (CONNECT / f"{system}.md").read_text()


def rows(text: str, header: str) -> list[tuple[Contract, list[str]]]:
    """(table, columns) of each row that has cells under `header`."""
    found = [row for table in tables(text) for row in table if header in row]
    return [(FOLDERS[inline(row["folder"])[0]], inline(row[header])) for row in found]


def alternatives(contract: Contract) -> set[str]:
    return set(chain.from_iterable(contract.one_of))


def test_each_system_has_a_page_and_the_index_leads_to_it() -> None:
    assert sorted(path.stem for path in CONNECT.glob("*.md") if path != INDEX) == SYSTEMS
    assert {f"{system}.md" for system in SYSTEMS} <= {*links(INDEX.read_text())}


def test_readers_find_the_index() -> None:
    assert "docs/connect/README.md" in links((PROJECT / "README.md").read_text())
    assert "connect/README.md" in links((PROJECT / "docs" / "delivering.md").read_text())


@pytest.mark.parametrize("path", sorted(CONNECT.glob("*.md")), ids=lambda path: path.stem)
def test_every_folder_that_is_named_is_a_table(path: Path) -> None:
    named = {code for code in inline(path.read_text()) if FOLDER.fullmatch(code)}
    assert named <= FOLDERS.keys()


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_table_of_the_system_is_told_once(system: str) -> None:
    told = Counter(contract.object for contract, _ in rows(page(system), "at least"))
    assert told == Counter(object_ for of, object_ in contracts.load() if of == system)


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_least_columns_make_a_file_that_is_read(system: str) -> None:
    for contract, columns in rows(page(system), "at least"):
        claimed = set(resolve(contract, columns).claims)
        needed = {column.name for column in contract.columns if column.is_required} | alternatives(contract)
        assert (contract.object, claimed) == (contract.object, needed)
        assert len(claimed) == len(columns)


@pytest.mark.parametrize("system", SYSTEMS)
def test_without_one_of_the_least_columns_a_file_is_refused(system: str) -> None:
    for contract, columns in rows(page(system), "at least"):
        either = {column for column in columns if set(match(contract, [column]).claims) <= alternatives(contract)}
        for left_out in [*({column} for column in columns if column not in either), *([either] if either else [])]:
            with pytest.raises(Rejected):
                resolve(contract, [column for column in columns if column not in left_out])


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_recommended_column_is_one_of_the_contract(system: str) -> None:
    told = rows(page(system), "columns")
    assert told
    for contract, columns in told:
        assert columns
        unknown = [column for column in columns if not match(contract, [column]).claims]
        assert (contract.object, unknown) == (contract.object, [])


@pytest.mark.parametrize("system", SYSTEMS)
def test_whole_files_are_those_of_the_contract(system: str) -> None:
    lines = [line for line in page(system).splitlines() if line.startswith(f"| `{system}/")]
    said = {inline(line)[0] for line in lines if "whole files" in line}
    assert said == {
        folder for folder, contract in FOLDERS.items() if contract.system == system and contract.delivery == "file"
    }


@pytest.mark.parametrize("system", ["marketo", "pardot"])
def test_the_activities_to_export_are_those_that_models_read(system: str) -> None:
    models = DBT_PROJECT.glob(f"models/conformed/{system}/*.sql")
    read = {number for model in models for found in ACTIVITIES.findall(model.read_text()) for number in ids(found)}
    told = {number for table in tables(page(system)) for row in table if "read for" in row for number in ids(row["id"])}
    assert told == read


def ids(listed: str) -> list[int]:
    return [int(number) for number in re.findall("[0-9]+", listed)]


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_marts_and_seeds_that_are_named_are_there(path: Path) -> None:
    marts = {model.stem for model in DBT_PROJECT.glob("models/marts/**/*.sql")}
    code = inline(path.read_text())
    assert {name for name in code if MART.fullmatch(name)} <= marts | {"dim_", "fct_", nights.CHECK_RESULTS}
    assert {name for name in code if re.fullmatch(r"seeds/\w+\.csv", name)} <= {
        f"seeds/{seed.name}" for seed in SEEDS.glob("*.csv")
    }


def test_any_of_the_folders_beside_marts_gives_them_rows() -> None:
    filled = [row for table in tables(INDEX.read_text()) for row in table if "folders" in row]
    assert len(filled) > 5
    for row in filled:
        marts, folders = set(inline(row["marts"])), inline(row["folders"])
        assert marts <= empty()
        assert {folder: marts & empty(folder) for folder in folders} == {folder: set() for folder in folders}


@cache
def empty(*folders: str) -> set[str]:
    """Marts without rows when these folders alone are delivered."""
    loaded = {LEDGER, *(folder.replace("/", ".") for folder in folders)}
    return {mart.name for mart in marts_of(written(), loaded=loaded) if mart.lacks}
