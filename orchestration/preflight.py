"""What would stop a night, told before it begins: places that can't be used, and addresses that are none."""

import os
from collections.abc import Iterator
from pathlib import Path

from orchestration.ingestion import origins
from orchestration.ingestion.files import filesystem_of
from orchestration.settings import BadSettings, Settings, is_remote


def require(settings: Settings) -> None:
    """Raises BadSettings, with every setting that can't work and its remedy, unless a night may begin."""
    wrong = [*_forgotten(settings), *_home(settings), *_landing(settings), *_schedule(settings)]
    wrong += [*_alerts(settings), *_postgres(settings)]
    if wrong:
        raise BadSettings("\n".join(wrong))


def _forgotten(settings: Settings) -> Iterator[str]:
    """Without a landing, but beside a lake of real extracts, somebody forgot to name it: no demo company is meant."""
    beside = origins.read(settings.home.parent / "lake") if settings.is_demo else None
    if beside is not None and beside.company is None:
        yield (
            f"TOUCHSTONE_LANDING is empty, but {settings.home.parent} holds {beside}: nothing was run. Set it in the "
            "environment or .env; for the demo company set TOUCHSTONE_HOME to another folder"
        )


def _home(settings: Settings) -> Iterator[str]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield f"TOUCHSTONE_HOME: {settings.home} can't be written ({error.strerror}); name a folder that can"


def _landing(settings: Settings) -> Iterator[str]:
    if settings.is_demo:
        return
    try:
        if is_remote(settings.landing):
            filesystem, root = filesystem_of(settings.landing)
            is_there = filesystem.exists(root)
        else:
            is_there = Path(settings.landing).is_dir()
    except Exception as error:  # noqa: BLE001 - each object storage raises errors of its own
        yield f"TOUCHSTONE_LANDING: {settings.landing} can't be reached ({_first_line(error)}); check its credentials"
        return
    if not is_there:
        yield f"TOUCHSTONE_LANDING: {settings.landing} is not there; set it to the folder or URL where extracts arrive"


def _schedule(settings: Settings) -> Iterator[str]:
    from dagster._utils.schedules import is_valid_cron_schedule

    if not is_valid_cron_schedule(settings.schedule_cron):
        yield f"TOUCHSTONE_SCHEDULE={settings.schedule_cron!r} is no cron expression; write it as 0 2 * * *"


def _alerts(settings: Settings) -> Iterator[str]:
    if not settings.alert_urls:
        return
    from orchestration.alerts.checking import fallback_faults

    yield from fallback_faults(settings)


def _postgres(settings: Settings) -> Iterator[str]:
    from orchestration.postgres import is_address

    if settings.postgres_url and not is_address(settings.postgres_url):
        # Never the value: it holds a password.
        yield "TOUCHSTONE_POSTGRES_URL is no address; write it as postgresql://user:password@host:5432/database"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
