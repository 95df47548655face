"""One small company for all tests: simulated once, read many times."""

from pathlib import Path

import duckdb
import pytest

from orchestration.demo.fault_rates import FaultRates
from orchestration.demo.score import SCHEMAS
from orchestration.demo.simulation import simulate

PEOPLE = 3_000


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the landing and the truth of a company of PEOPLE people."""
    out = tmp_path_factory.mktemp("company")
    simulate(PEOPLE, out=out, faults=FaultRates(odd_file=0))
    return out


@pytest.fixture(scope="session")
def truth(company: Path) -> duckdb.DuckDBPyConnection:
    """Its truth tables, by name."""
    con = duckdb.connect()
    for table in SCHEMAS:
        con.execute(f"create view {table} as select * from '{company / 'truth' / table}.parquet'")
    return con


def value(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    """The one value of a query."""
    return con.execute(sql).fetchall()[0][0]
