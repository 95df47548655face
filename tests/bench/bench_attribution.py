"""What channel credits from 10,000 distinct paths cost within a dbt run, and how exact they are, beside a peer's.

The peer is the package ChannelAttribution, which simulates. pip puts it into an environment of its own that is gone
afterwards (it needs matplotlib too, and a compiler where it has no wheel); where pip can't, it is left out, and why is
said. At its defaults it is quick and percents off; so it is also asked with as many simulations as bring it near.

python -m tests.bench.bench_attribution [--peer PYTHON]
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.models import solvers
from tests.models.paths import MODELS, Paths, build, many_paths, markov, shapley
from tests.parsed import run

# Seconds that all the models may take for that many paths.
LIMIT = 5.0
PEER = ("ChannelAttribution==2.2.5", "matplotlib")
PEER_SETTINGS: dict[str, dict[str, float]] = {"at its defaults": {}, "of 10 M simulations": {"nsim_start": 1e7}}
PEER_CODE = """
import json, sys, time
import pandas, ChannelAttribution
paths = pandas.read_csv(sys.argv[1])
start = time.perf_counter()
found = ChannelAttribution.markov_model(
    paths, "path", "conversions", var_null="others", flg_pro=False, verbose=False, **json.loads(sys.argv[2])
)
seconds = time.perf_counter() - start
json.dump([seconds, dict(zip(found.channel_name, found.total_conversions))], open(sys.argv[3], "w"))
"""
# What any model of paths has to do at least: count how often one channel follows another.
FLOOR = """
select channel_before, channel, sum(conversion_count + non_conversion_count)
from (
    select *, lag(item) over (partition by path_number order by position) as channel_before, item as channel
    from intermediate.int_attribution_paths
    cross join unnest(string_split(path, ' > ')) with ordinality as steps (item, position)
) as moves
group by channel_before, channel
"""


def main(peer: str | None = None) -> bool:
    """Print the measures; False when the models are too slow, not exact, or slower than the peer that is near."""
    paths = many_paths(10_000, channels=12, seed=5)
    touches = sum(len(path) for path in paths)
    print(f"{len(paths):,} distinct paths of 12 channels, {touches:,} touches")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        # The first build parses the project, which a night does once for all models.
        warehouse = build([paths], folder=folder)
        # Alternately, and the best of each, so that other work on the machine weighs on both alike.
        measured = [(_seconds(lambda: _count(warehouse)), _models(folder, warehouse)) for _ in range(3)]
        floor, ours = (min(run[part] for run in measured) for part in (0, 1))
        print(f"DuckDB counts the transitions  {floor:6.2f} s")
        print(f"Markov 1 and 2, both Shapleys  {ours:6.2f} s   {ours / floor:.1f}x (at most {LIMIT:g} s)")
        off = _deviation(warehouse, paths)
        print(f"off from independent solvers by {off:.1e} of the conversions at most")
        is_faster = _compare(paths, ours, folder=folder, python=peer)
    return ours <= LIMIT and off <= 1e-9 and is_faster


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _count(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True, config={"threads": 2}) as connection:
        connection.execute(FLOOR).fetchall()


def _models(folder: Path, warehouse: Path) -> float:
    """Seconds of one dbt run of all models, its own bookkeeping included."""
    result = run(
        ["run", "--select", *MODELS],
        artifacts=folder,
        warehouse=warehouse,
        lake=folder / "lake",
        as_of="2026-07-01 02:00:00",
    )
    return result.elapsed_time


def _deviation(warehouse: Path, paths: Paths) -> float:
    """The largest difference of any channel's share of the conversions, over all models."""
    expected = {
        "markov": solvers.removal_effects(paths, order=1),
        "markov_2": solvers.removal_effects(paths, order=2),
        "shapley": solvers.shapley_of_conversions(paths),
        "shapley_rate": solvers.shapley_of_rates(paths),
    }
    found = {model: shares for (_, model), shares in (markov(warehouse) | shapley(warehouse)).items()}
    assert found.keys() == expected.keys()
    return max(
        abs(found[model][channel] - share)
        for model, values in expected.items()
        for channel, share in solvers.shares(values).items()
    )


def _compare(paths: Paths, ours: float, *, folder: Path, python: str | None) -> bool:
    """Print what the peer takes and how far off it is; whether we are faster than it where it is within a percent."""
    try:
        interpreter = python or _install(folder / "peer")
    except subprocess.CalledProcessError as error:
        print(f"ChannelAttribution is left out, for pip could not install it: {error.stderr.strip().splitlines()[-1]}")
        return True
    given, script, answer = folder / "paths.csv", folder / "peer.py", folder / "peer.json"
    with given.open("w", newline="") as file:
        rows = ((" > ".join(path), counts.conversions, counts.others) for path, counts in paths.items())
        csv.writer(file).writerows([("path", "conversions", "others"), *rows])
    script.write_text(PEER_CODE)
    conversions = sum(counts.conversions for counts in paths.values())
    exact = solvers.shares(solvers.removal_effects(paths, order=1))
    is_faster = True
    for name, settings in PEER_SETTINGS.items():
        command = [interpreter, script, given, json.dumps(settings), answer]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        seconds, credits = json.loads(answer.read_text())
        off = max(abs(credits[channel] / (share * conversions) - 1) for channel, share in exact.items())
        print(f"ChannelAttribution {name:<20} {seconds:6.2f} s, a channel's credit off by {off:.2%}", end="")
        print(f", {seconds / ours:.2f}x our time for its order 1")
        is_faster &= off > 0.01 or seconds > ours
    return is_faster


def _install(folder: Path) -> str:
    """The interpreter of an environment that has the peer; raises what pip says."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEER]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return python


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that has ChannelAttribution already")
    sys.exit(0 if main(parser.parse_args().peer) else 1)
