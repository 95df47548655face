"""The project's duplicate scorer on public data sets whose matches are known; its weights are found without labels."""

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

LEVELS = ("equal", "close", "near", "different")
MIN_SIMILARITY = {"close": 0.75, "near": 0.5}
LARGEST_BLOCK = 500
RANDOM_PAIRS = 400_000
ROUNDS = 100
# A level that the sample lacks is still possible.
SMALLEST = 1e-6
CUT = "/* cut */"
FLOOR = """
    select side_a.id as id_a, side_b.id as id_b
    from records as side_a
    inner join records as side_b on side_a.floor_key = side_b.floor_key and side_a.id < side_b.id
"""


@dataclass(frozen=True)
class Oracle:
    """A data set: its file, the columns that it compares, the keys it compares by, and SQL for the true human."""

    file: str
    truth: str
    fields: dict[str, str]
    keys: tuple[str, ...]
    floor_key: str


_FEBRL_FIELDS = {
    "given_name": "text", "surname": "text", "street_number": "text", "address_1": "text", "address_2": "text",
    "suburb": "text", "postcode": "text", "state": "code", "date_of_birth": "text",
}  # fmt: skip
_FEBRL_KEYS = (
    "date_of_birth", "given_name || '|' || surname", "surname || '|' || postcode", "given_name || '|' || postcode",
    "address_1 || '|' || street_number", "suburb || '|' || surname", "suburb || '|' || given_name",
    "address_2 || '|' || surname",
)  # fmt: skip
_FEBRL_FLOOR = "given_name || '|' || surname || '|' || date_of_birth"


def _febrl(number: str) -> Oracle:
    """A set of the Freely Extensible Biomedical Record Linkage project; its social security number is left out."""
    return Oracle(
        f"febrl/dataset{number}.csv", "regexp_extract(rec_id, '^rec-([0-9]+)-', 1)", _FEBRL_FIELDS, _FEBRL_KEYS,
        _FEBRL_FLOOR,
    )  # fmt: skip


ORACLES = {
    **{f"febrl dataset{number}": _febrl(number) for number in ("1", "2", "3")},
    "splink fake_1000": Oracle(
        "splink/fake_1000_from_splink_demos.csv",
        "cluster",
        {"first_name": "text", "surname": "text", "dob": "text", "city": "text", "email": "text"},
        ("dob", "email", "first_name || '|' || surname", "surname || '|' || city", "first_name || '|' || city"),
        "first_name || '|' || surname || '|' || dob",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """Counts of pairs, and seconds of the compiled SQL, beside those of joining the same records on equality alone."""

    compared: int
    found: int
    right: int
    true: int
    seconds: float
    floor_found: int
    floor_right: int
    floor_seconds: float

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true)

    @property
    def floor_f1(self) -> float:
        return 2 * self.floor_right / (self.floor_found + self.true)


def measure(path: Path, oracle: Oracle, *, compile_sql: Callable[..., str]) -> Outcome:
    """Score every candidate pair of a file and compare the pairs of probability 0.5 and more with the true ones."""
    macros = (
        f"match_pairs('records', 'id', {list(oracle.keys)!r}, {LARGEST_BLOCK})",
        f"match_levels('records', 'id', {oracle.fields!r}, 'weights')",
        f"match_scores({oracle.fields!r})",
    )
    compiled = compile_sql(inline=CUT.join(f"{{{{ {macro} }}}}" for macro in macros))
    pairs, levels, scores = compiled.split(CUT)
    counted = f"select {', '.join(oracle.fields)}, count(*) from match_levels group by all"
    with duckdb.connect() as database:
        _load(database, path, oracle)
        _keep_weights(database, oracle, m=None, u=None, prior=0.5)
        random = "match_pairs as (select * from random_pairs)"
        u = _shares(database.sql(f"with {random}, {levels} {counted}").fetchall())
        m, matches = _maximised(database.sql(f"with {pairs}, {levels} {counted}").fetchall(), u=u)
        records, true = database.sql(
            "select sum(n), sum(n * (n - 1) // 2) from (select count(*) as n from records group by human)"
        ).fetchall()[0]
        _keep_weights(database, oracle, m=m, u=u, prior=matches / int(records))
        seconds = _timed(database, "scores", f"with {pairs}, {levels}, {scores} select * from match_scores")
        floor_seconds = _timed(database, "equals", FLOOR)
        compared = database.sql("select count(*) from scores").fetchall()[0][0]
        found, right = _agreement(database, "scores where match_score >= 0.5")
        floor_found, floor_right = _agreement(database, "equals")
    return Outcome(compared, found, right, int(true), seconds, floor_found, floor_right, floor_seconds)


def _load(database: duckdb.DuckDBPyConnection, path: Path, oracle: Oracle) -> None:
    """Tables `records` (id, human, floor_key, fields) and `random_pairs`; some files have blanks around everything."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [{name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(file)]
    database.execute(f"create table extract ({', '.join(f'{name} varchar' for name in rows[0])})")
    marks = ", ".join("?" for _ in rows[0])
    database.executemany(f"insert into extract values ({marks})", [list(row.values()) for row in rows])
    values = ", ".join(f"nullif(lower({name}), '') as {name}" for name in oracle.fields)
    database.execute(
        f"""
        create table records as
        select row_number() over () as id, {oracle.truth} as human, {oracle.floor_key} as floor_key, {values}
        from extract
        """
    )
    database.execute(
        f"""
        create table random_pairs as
        select distinct least(a, b) as id_a, greatest(a, b) as id_b
        from (
            select 1 + hash(i) % {len(rows)} as a, 1 + hash(i + {RANDOM_PAIRS}) % {len(rows)} as b
            from range({RANDOM_PAIRS}) as draws (i)
        )
        where a <> b
        """
    )


def _keep_weights(
    database: duckdb.DuckDBPyConnection, oracle: Oracle, *, m: np.ndarray | None, u: np.ndarray | None, prior: float
) -> None:
    """The table that the macros read, shaped as the seed; the u of equal values is left to their frequency."""
    rows: list[tuple[str, str, float | None, float, float | None]] = [("prior", "equal", None, prior, None)]
    for place, (field, kind) in enumerate(oracle.fields.items()):
        for rank, level in enumerate(LEVELS):
            if kind == "code" and level in MIN_SIMILARITY:
                continue
            rows.append(
                (
                    field,
                    level,
                    MIN_SIMILARITY.get(level),
                    0.5 if m is None else float(m[place, rank]),
                    0.5 if u is None else None if level == "equal" else float(u[place, rank]),
                )
            )
    database.execute(
        "create or replace table weights (field varchar, level varchar, min_similarity double, m_probability double,"
        " u_probability double)"
    )
    database.executemany("insert into weights values (?, ?, ?, ?, ?)", rows)


def _coded(counted: list[tuple]) -> tuple[np.ndarray, np.ndarray]:
    """Comparison vectors as ranks of levels (-1 is missing), and how many pairs have each."""
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    vectors = np.array([[ranks.get(level, -1) for level in row[:-1]] for row in counted])
    return vectors, np.array([row[-1] for row in counted], dtype=float)


def _shares(counted: list[tuple], weights: np.ndarray | None = None) -> np.ndarray:
    """Share of each level per field, missing values apart, of pairs that count `weights` times."""
    vectors, counts = _coded(counted)
    counts = counts if weights is None else counts * weights
    held = np.array([[counts[column == rank].sum() for rank in range(len(LEVELS))] for column in vectors.T])
    shares = held / np.maximum(held.sum(axis=1, keepdims=True), SMALLEST)
    return np.clip(shares, SMALLEST, 1 - SMALLEST)


def _maximised(counted: list[tuple], *, u: np.ndarray) -> tuple[np.ndarray, float]:
    """The m of each field and level, and the number of matches, that make the candidate pairs most likely given u.

    Expectation maximisation after Winkler (1988): no label is read, the u of random pairs stays as it is.
    """
    vectors, counts = _coded(counted)
    m = np.tile([0.8, 0.1, 0.05, 0.05], (vectors.shape[1], 1))
    share = 0.1
    for _ in range(ROUNDS):
        bits = sum(
            np.where(column < 0, 0.0, np.log2(m[place][column] / u[place][column]))
            for place, column in enumerate(vectors.T)
        )
        odds = share / (1 - share) * np.exp2(np.clip(bits, -200, 200))
        matching = odds / (1 + odds)
        m = _shares(counted, matching)
        share = float(np.clip((counts * matching).sum() / counts.sum(), SMALLEST, 1 - SMALLEST))
    return m, share * float(counts.sum())


def _timed(database: duckdb.DuckDBPyConnection, table: str, query: str) -> float:
    """Seconds that it takes to make a table of a query."""
    started = time.perf_counter()
    database.execute(f"create table {table} as {query}")
    return time.perf_counter() - started


def _agreement(database: duckdb.DuckDBPyConnection, pairs: str) -> tuple[int, int]:
    """How many pairs there are, and how many of them are one human."""
    return database.sql(
        f"""
        select count(*), coalesce(sum((a.human = b.human)::int), 0)::bigint
        from (select id_a, id_b from {pairs}) as found
        inner join records as a on found.id_a = a.id
        inner join records as b on found.id_b = b.id
        """
    ).fetchall()[0]
