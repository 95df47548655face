"""The units start what is there, for this checkout."""

import configparser
import shlex
from pathlib import Path

from orchestration.service import units
from orchestration.settings import PROJECT, load


def test_each_unit_starts_a_program_of_this_environment_in_this_checkout(tmp_path: Path) -> None:
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": "/extracts"})
    found = units(settings, host="10.0.0.5", port=3001)
    assert list(found) == ["touchstone-webserver.service", "touchstone-daemon.service"]
    commands = []
    for text in found.values():
        unit = configparser.RawConfigParser(strict=False)
        unit.read_string(text)
        service = dict(unit["Service"])
        assert service["workingdirectory"] == str(PROJECT)
        assert f"DAGSTER_HOME={tmp_path / 'dagster'}" in text
        for start in (service["execstart"], service["execstartpre"]):
            assert Path(shlex.split(start)[0]).exists()
        commands.append(shlex.split(service["execstart"])[1:])
    assert commands == [["-w", "workspace.yaml", "-h", "10.0.0.5", "-p", "3001"], ["run", "-w", "workspace.yaml"]]
