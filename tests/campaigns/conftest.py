"""Launch plans, seeds of a company that keeps its registers, and the command as a person runs it."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from orchestration.__main__ import main
from orchestration.campaigns import commands
from orchestration.campaigns.judging import Judgement, judge
from orchestration.campaigns.plans import Plan
from orchestration.campaigns.taxonomy import opened
from orchestration.settings import SEEDS, current

TODAY = date(2026, 10, 1)
NAME = "emea_email_brand_2026q4"
REGISTER = (
    "emea_email_brand_2026q4,marketing_operations,Field,Email,email,2026-10-05,2026-12-20,5000,EUR,"
    "https://www.acme.example/demo https://acme.example/trial/,Demo Request,1900-01-01,\n"
    "amer_email_brand_2025q4,marketing_operations,Field,Email,email,2025-10-05,2025-12-20,,,,,1900-01-01,2026-01-01\n"
)
FORMS = "Demo Request,web_analytics,email company,utm_source utm_campaign gclid,1900-01-01,,Asks for a demo\n"
DOMAINS = "acme.example,web_analytics,1900-01-01,,Our site\n"

Judge = Callable[..., Judgement]


@pytest.fixture(scope="session")
def kept_registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's seeds, with a campaign, a form and a domain in its registers."""
    folder = tmp_path_factory.mktemp("registers") / "seeds"
    shutil.copytree(SEEDS, folder)
    for name, rows in {"campaign_register": REGISTER, "registered_forms": FORMS, "approved_domains": DOMAINS}.items():
        with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(rows)
    return folder


@pytest.fixture
def judged(kept_registers: Path) -> Judge:
    """Judge a plan on TODAY, by the registers or by the project's own seeds, where nobody keeps any."""

    def call(plan: Plan, *, is_registered: bool = True, follow: Callable[[str], str] | None = None) -> Judgement:
        with opened(seeds=kept_registers if is_registered else SEEDS) as known:
            return judge(plan, known, today=TODAY, follow=follow)

    return call


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_registers: Path, capsys: Any) -> Callable[..., Any]:
    """Run the command line on TODAY in a home without any publication; (status, what it printed, parsed if JSON).

    `errors` are what each of them printed on standard error.
    """
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TOUCHSTONE_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("TOUCHSTONE_AS_OF", f"{TODAY}T02:00:00")
    monkeypatch.setattr(commands, "opened", partial(opened, seeds=kept_registers))
    current.cache_clear()

    def call(*arguments: str) -> tuple[int, Any]:
        status = main([*arguments])
        out, error = capsys.readouterr()
        call.errors.append(error)
        return status, json.loads(out) if "--json" in arguments else out

    call.errors = []
    yield call
    current.cache_clear()


def rules_of(judgement: Judgement, line: int = 2) -> dict[str, str | None]:
    """Rules that a line breaks, with what was meant."""
    return {fault.rule: fault.suggested_value for fault in judgement.faults if fault.line == line}
