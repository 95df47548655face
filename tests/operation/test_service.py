"""The units start what is there, for this checkout."""

import configparser
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestration.__main__ import main
from orchestration.service import units
from orchestration.settings import PROJECT, current, load

START = ("execstartpre", "execstart")


def _service(text: str) -> Mapping[str, str]:
    unit = configparser.RawConfigParser(strict=False)
    unit.read_string(text)
    return dict(unit["Service"])


def test_each_unit_starts_a_program_of_this_environment_in_this_checkout(tmp_path: Path) -> None:
    settings = load({"TOUCHSTONE_HOME": str(tmp_path), "TOUCHSTONE_LANDING": "/extracts"})
    found = units(settings, host="10.0.0.5", port=3001)
    assert list(found) == ["touchstone-webserver.service", "touchstone-daemon.service"]
    commands = []
    for text in found.values():
        service = _service(text)
        assert service["workingdirectory"] == str(PROJECT)
        assert f"DAGSTER_HOME={tmp_path / 'dagster'}" in text
        for start in START:
            assert Path(shlex.split(service[start])[0]).exists()
        commands.append(shlex.split(service["execstart"])[1:])
    assert commands == [["-w", "workspace.yaml", "-h", "10.0.0.5", "-p", "3001"], ["run", "-w", "workspace.yaml"]]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("home", ["home", "my 50% home"])
def test_systemd_has_nothing_against_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / home))
    current.cache_clear()
    assert main(["service", "--out", str(tmp_path / "units" / "here")]) == 0
    current.cache_clear()
    written = sorted((tmp_path / "units" / "here").iterdir())
    found = subprocess.run(["systemd-analyze", "verify", *written], capture_output=True, text=True, check=False)
    about_ours = [line for line in found.stderr.splitlines() if "touchstone" in line]
    assert (len(written), about_ours) == (2, [])


@pytest.mark.slow
def test_the_web_server_starts_by_its_unit_alone(tmp_path: Path) -> None:
    """With the environment that systemd gives, which holds nothing of a shell's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    main_settings = load({"TOUCHSTONE_HOME": str(tmp_path / "my home")})
    text = units(main_settings, host="127.0.0.1", port=port)["touchstone-webserver.service"]
    service = _service(text)
    told = [shlex.split(line.partition("=")[2])[0] for line in text.splitlines() if line.startswith("Environment=")]
    environment = {
        "PATH": os.defpath,
        "HOME": str(tmp_path),
        "TOUCHSTONE_HOME": str(main_settings.home),  # of `.env` on a real machine
        **dict(word.split("=", 1) for word in told),
    }
    main_settings.dagster_home.mkdir(parents=True)
    (main_settings.dagster_home / "dagster.yaml").touch()
    place = {"cwd": service["workingdirectory"], "env": environment}
    subprocess.run(shlex.split(service["execstartpre"]), check=True, capture_output=True, **place)
    server = subprocess.Popen(
        shlex.split(service["execstart"]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **place
    )
    try:
        assert _answers(f"http://127.0.0.1:{port}/server_info", server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    """Whether `url` is answered while the server lives."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    return False
