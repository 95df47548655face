"""Where people read on: a check, a run, a runbook."""

from urllib.parse import quote

RUNBOOKS = ("http://", "https://")


def check(ui: str | None, asset: str, name: str) -> str:
    """The address of a check in the Dagster UI; empty without one."""
    if not (ui and asset):
        return ""
    return f"{ui}/assets/{quote(asset)}?view=checks&checkDetail={quote(name, safe='')}"


def run(ui: str | None, run_id: str) -> str:
    """The address of a run in the Dagster UI; empty without one."""
    return f"{ui}/runs/{quote(run_id, safe='')}" if ui and run_id else ""


def is_address(text: str) -> bool:
    """Whether a runbook is one of the web rather than a file of the project."""
    return text.startswith(RUNBOOKS)
