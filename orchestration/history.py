"""Dagster's run history in SQLite, without a disk flush per event.

Dagster opens, commits and closes a connection for every one of a night's 1,500 events, and SQLite flushes the disk
twice each time: 29 of 107 s of a small night here. Without the flushes a killed process still leaves a sound history;
only a power cut may damage it, and then deleting `$TOUCHSTONE_HOME/dagster` loses old runs and no data.
"""

import sqlite3
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


def skip_flushes() -> None:
    """Apply to every SQLite connection that this process opens through SQLAlchemy, as Dagster does."""
    if not event.contains(Engine, "connect", _relax):
        event.listen(Engine, "connect", _relax)


def _relax(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")
