"""Whole nights for tests: run one in a process of its own, and read what it published."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.settings import PROJECT
from tests.parsed import spare_parsing

AS_OF = "2026-07-01T02:00:00"


@dataclass(frozen=True)
class Night:
    """Where one company's nights happen: its extracts, its home, and the project that runs there."""

    landing: Path
    home: Path
    project: Path = PROJECT

    def run(self, *options: str, as_of: str = AS_OF) -> subprocess.CompletedProcess[str]:
        """One undisturbed night."""
        command = [*self._command, *options]
        self._prepare()
        return subprocess.run(
            command, env=self._environment(as_of), cwd=self.project, capture_output=True, text=True, check=False
        )

    def run_until(self, marker: str, *, as_of: str = AS_OF) -> bool:
        """Start a night and kill it, with no chance to clean up, when its output shows `marker`; was it shown?"""
        process = self._start(as_of)
        assert process.stdout is not None
        shown = any(marker in line for line in process.stdout)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        return shown

    def stop_at(self, marker: str, *, within: float) -> tuple[int, str]:
        """Start a night and ask it to stop when its output shows `marker`; its status, and what it said after that.

        Raises subprocess.TimeoutExpired when it has not ended `within` seconds.
        """
        process = self._start(AS_OF)
        assert process.stdout is not None
        assert any(marker in line for line in process.stdout), f"the night never reached {marker!r}"
        process.terminate()
        status = process.wait(within)
        with process.stdout:
            return status, process.stdout.read()

    def run_statuses(self) -> list[str]:
        """The statuses of this home's runs, the oldest first, as the UI shows them."""
        with closing(sqlite3.connect(self.home / "dagster" / "history" / "runs.db")) as history:
            return [status for (status,) in history.execute("select status from runs order by id").fetchall()]

    def _start(self, as_of: str) -> "subprocess.Popen[str]":
        self._prepare()
        return subprocess.Popen(
            self._command,
            env=self._environment(as_of),
            cwd=self.project,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def has_published(self) -> bool:
        """Whether some night published what passed."""
        return (self.home / "published" / "touchstone.duckdb").exists()

    def query(self, sql: str) -> list[tuple]:
        """Rows of a query over the published marts."""
        with duckdb.connect(str(self.home / "published" / "touchstone.duckdb"), read_only=True) as connection:
            connection.execute("use marts")
            return connection.execute(sql).fetchall()

    def contents(self) -> dict[str, tuple[int, str]]:
        """Rows and content hash of every published mart."""
        return {
            mart: (rows, content)
            for mart, rows, content in self.query(
                "select mart, row_count, content_hash from publication where state <> 'absent'"
            )
        }

    def _prepare(self) -> None:
        spare_parsing(self.home)

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-u", "-m", "orchestration", "nightly"]

    def _environment(self, as_of: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOUCHSTONE_")}
        return {
            **inherited,
            "TOUCHSTONE_LANDING": str(self.landing),
            "TOUCHSTONE_HOME": str(self.home),
            "TOUCHSTONE_AS_OF": as_of,
        }
