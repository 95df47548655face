"""Dagster's run history in SQLite, without a disk flush, an engine and a connection per event.

Dagster makes an engine, compiles its statements, opens, commits and closes a connection for every one of a night's
1,500 events, and SQLite flushes the disk twice each time: 29 of 107 s of a small night here. Without the flushes a
killed process still leaves a sound history; only a power cut may damage it, and then deleting
`$TOUCHSTONE_HOME/dagster` loses old runs and no data. Kept engines save another 7 of 42 s.
"""

import sqlite3
from functools import lru_cache
from typing import Any

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

# One file per run, of which a night writes one and the UI reads a few.
ENGINES = 16


def relax() -> None:
    """Apply to every SQLite connection that this process opens through SQLAlchemy, as Dagster does."""
    if not event.contains(Engine, "connect", _skip_flushes):
        event.listen(Engine, "connect", _skip_flushes)
    for storage in (sqlite_event_log, sqlite_run_storage):
        storage.create_engine = _engine


def _skip_flushes(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = off")


def _engine(url: str, **_: Any) -> Engine:
    return _kept_engine(url)


@lru_cache(maxsize=ENGINES)
def _kept_engine(url: str) -> Engine:
    """The one engine of a database file; its connections outlive the `dispose` with which Dagster ends each use."""
    engine = create_engine(url, connect_args={"timeout": 60})
    engine.dispose = lambda close=True: None  # type: ignore[method-assign]
    return engine
