"""What a run says while it works: one short line per step, for a person watching `make nightly`."""

import logging
import sys
from typing import Any

import dagster as dg
from dagster import DagsterEventType


class _StepLines(logging.Formatter):
    """`02:00:14  ingest_marketo   12,310 rows ...`: the time, the step, what it did."""

    def format(self, record: logging.LogRecord) -> str:
        meta = record.__dict__.get("dagster_meta", {})
        message = _message(record, meta)
        mark = {"WARNING": "! ", "ERROR": "x ", "CRITICAL": "x "}.get(record.levelname, "")
        return f"{self.formatTime(record, '%H:%M:%S')}  {meta.get('step_key') or '':<28.28} {mark}{message}"


def _message(record: logging.LogRecord, meta: dict[str, Any]) -> str:
    event = meta.get("dagster_event") or record.__dict__.get("dagster_event")
    if event is None:
        text = meta.get("orig_message") or record.getMessage()
        return "skipped: a step before it failed" if text.startswith("Dependencies for step") else text
    error = event.step_failure_data.error
    while error.cause:
        error = error.cause
    return error.message.strip()


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Keep what steps say and what fails; drop the engine's own bookkeeping."""
    event = record.__dict__.get("dagster_event")
    # Of each check that a build held back: hundreds of names in one line.
    if "did not yield or return expected outputs" in record.getMessage():
        return False
    return event is None or event.event_type == DagsterEventType.STEP_FAILURE


@dg.logger(description="One line per step on standard output.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    """A logger for the `console` slot of the definitions."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_StepLines())
    handler.addFilter(_is_worth_a_line)
    logger = logging.Logger("touchstone", level=logging.INFO)
    logger.addHandler(handler)
    return logger
