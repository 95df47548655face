"""Every command that a document or a message names is one: as it stands, typed in the folder of the checkout.

Commands stand in inline code, in documents also as lines of fenced blocks. They are parsed, not run; a few that cost
nothing are run.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.__main__ import COMMANDS, parser
from orchestration.demo.__main__ import parser as demo_parser
from orchestration.settings import DBT_PROJECT, EXPECTATIONS, PROJECT, SEEDS
from tests.docs.pages import fenced, inline, pages

CONSOLE, PYTHON = ".venv/bin/touchstone", ".venv/bin/python"
MODULES = {"orchestration": parser, "orchestration.demo": demo_parser}
SHELLS = ("", "sh", "bash", "console")
# Neither is found by a prompt: the console script is on no PATH, and another Python has nothing installed.
UNFINDABLE = re.compile(rf"(?<![\w./-])(touchstone (--debug|{'|'.join(COMMANDS)})\b|python3? -m orchestration)")
# `MAP=` in a text is a variable that it goes on to tell the values of.
VARIABLE = re.compile(r"[A-Z_]+=")
CRON = re.compile(r"^[0-9*]+( [0-9*]+){4} ")
# What a message fills in: the command that broke.
FILLED_IN = re.compile(r"\{[^}]*\}")


def messages() -> list[Path]:
    """What holds messages and remedies, and the notes beside it."""
    texts = [
        path
        for folder, kinds in {
            PROJECT / "orchestration": ("py",),
            DBT_PROJECT: ("sql", "yml"),
            EXPECTATIONS: ("yml",),
            SEEDS: ("csv", "yml"),
        }.items()
        for kind in kinds
        for path in folder.rglob(f"*.{kind}")
    ]
    return [*texts, PROJECT / "CHANGELOG.md", PROJECT / "tests" / "cases" / "README.md", PROJECT / ".env.example"]


def commands() -> Iterator[str]:
    """Each line of code in a text that begins with one of our commands."""
    for path in pages():
        text = path.read_text()
        yield from (line for language, block in fenced(text) if language in SHELLS for line in block.splitlines())
        yield from inline(text)
    for path in messages():
        for line in path.read_text().splitlines():
            yield from (FILLED_IN.sub("check", code) for code in re.findall("`([^`]+)`", line))


def words(command: str) -> list[str]:
    """The words of a command; the console script as the project's own, wherever the checkout lies."""
    first, *rest = shlex.split(CRON.sub("", command), comments=True)
    return [CONSOLE if first.endswith(f"/{CONSOLE}") else first, *rest]


OURS = re.compile(rf"({CRON.pattern[1:]})?(make|\S*{re.escape(CONSOLE)}|{re.escape(PYTHON)} -m orchestration\S*) \S")
TOLD = sorted({shlex.join(words(command)) for command in commands() if OURS.match(command)})


def told(*beginning: str) -> list[list[str]]:
    """What is told of commands that begin so, without the beginning."""
    split = [shlex.split(command) for command in TOLD]
    return [found[len(beginning) :] for found in split if tuple(found[: len(beginning)]) == beginning]


def test_commands_are_found() -> None:
    assert {"make nightly", "make demo SIZE=tiny SEED=3", f"{CONSOLE} check path/to/landing"} <= {*TOLD}
    assert f"{CONSOLE} --debug check" in TOLD
    assert len(TOLD) > 20


@pytest.mark.parametrize("arguments", told("make"), ids=" ".join)
def test_make_knows_its_targets_and_uses_its_variables(arguments: list[str]) -> None:
    made = subprocess.run(["make", "-n", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    for variable in (word for word in arguments if "=" in word):
        name, value = variable.split("=")
        assert f"$({name})" in (PROJECT / "Makefile").read_text()
        assert re.search(rf"(^|[\s\"'=]){re.escape(value)}([\s\"']|$)", made.stdout, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        *(("orchestration", arguments) for arguments in told(CONSOLE)),
        *((module, arguments) for module in MODULES for arguments in told(PYTHON, "-m", module)),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part),
)
def test_the_command_line_takes_it(module: str, arguments: list[str]) -> None:
    if "--help" in arguments:
        with pytest.raises(SystemExit, match="0"):
            MODULES[module]().parse_args(arguments)
    else:
        MODULES[module]().parse_args(arguments)


def test_no_other_module_is_told() -> None:
    assert {arguments[0] for arguments in told(PYTHON, "-m")} <= MODULES.keys()


def test_a_prompt_would_find_each() -> None:
    found = {path: [found[0] for found in UNFINDABLE.finditer(path.read_text())] for path in [*pages(), *messages()]}
    assert {path: commands for path, commands in found.items() if commands} == {}


def test_variables_are_those_of_make() -> None:
    named = {code for path in pages() for code in inline(path.read_text()) if VARIABLE.fullmatch(code)}
    assert named
    assert {name for name in named if f"$({name.rstrip('=')})" not in (PROJECT / "Makefile").read_text()} == set()


def test_make_lists_every_target() -> None:
    # A make that runs within another one says which folder it enters.
    help_ = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(help_, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony
    assert {line.split()[1] for line in listed.splitlines()} == {*phony[1].split()}


def test_the_console_script_runs_in_any_folder(tmp_path: Path) -> None:
    """As `make` writes it, with this Python for the one that it would install."""
    environment = tmp_path / "environment"
    (environment / "bin").mkdir(parents=True)
    python = environment / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (environment / ".runtime").touch()
    (tmp_path / "argparse.py").write_text("raise RuntimeError('a file of the folder, and none of Python')\n")
    script = environment / "bin" / "touchstone"
    subprocess.run(["make", f"VENV={environment}", str(script)], cwd=PROJECT, capture_output=True, check=True)
    elsewhere = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    said = subprocess.run(
        [str(script), "--help"], cwd=tmp_path, env=elsewhere, capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith(f"usage: {CONSOLE} ")
    assert all(re.search(rf"^    {command} ", said, flags=re.MULTILINE) for command in COMMANDS)
