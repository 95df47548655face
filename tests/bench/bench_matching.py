"""How well the duplicate scorer finds one human's records in public data sets, and what it costs over an equality join.

python -m tests.bench.bench_matching
"""

import sys
import tempfile
from pathlib import Path

from orchestration.settings import PROJECT
from tests.models.conftest import sql_compiler
from tests.models.matching import ORACLES, measure

SHARED_DATA = PROJECT.parent / "shared" / "data"
COLUMNS = "{:18} {:>9} {:>7} {:>6} {:>10} {:>7} {:>7} {:>9} {:>8} {:>8}"


def main() -> None:
    """Print one line per data set: what the scorer found, and beside it what equal names and dates of birth find."""
    present = {name: SHARED_DATA / oracle.file for name, oracle in ORACLES.items()}
    present = {name: path for name, path in present.items() if path.exists()}
    if not present:
        print(f"no data set of {SHARED_DATA} is here: nothing was measured")
        return
    print("Weights by expectation maximisation, no label read; F1= and seconds= are of joining on equality alone.")
    print(COLUMNS.format(
        "data set", "compared", "true", "found", "precision", "recall", "F1", "F1=", "seconds", "seconds=",
    ))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, sql_compiler(Path(folder)) as compile_sql:
        for name, path in present.items():
            outcome = measure(path, ORACLES[name], compile_sql=compile_sql)
            print(COLUMNS.format(
                name, f"{outcome.compared:,}", f"{outcome.true:,}", f"{outcome.found:,}", f"{outcome.precision:.4f}",
                f"{outcome.recall:.4f}", f"{outcome.f1:.4f}", f"{outcome.floor_f1:.4f}", f"{outcome.seconds:.2f}",
                f"{outcome.floor_seconds:.3f}",
            ))  # fmt: skip
    missing = sorted(ORACLES.keys() - present.keys())
    if missing:
        print(f"not here: {', '.join(missing)}")


if __name__ == "__main__":
    sys.exit(main())
