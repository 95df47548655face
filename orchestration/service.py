"""systemd units for the web server and the daemon of this checkout, which together do what `make ui` does."""

import getpass
import sys
from pathlib import Path

from orchestration.settings import PROJECT, Settings

UNIT = """\
[Unit]
Description=Touchstone {what}
After=network-online.target
Wants=network-online.target

[Service]
User={user}
WorkingDirectory={project}
Environment={dagster_home}
Environment=DAGSTER_DISABLE_TELEMETRY=yes
Environment=DBT_SEND_ANONYMOUS_USAGE_STATS=false
# The project is parsed before the definitions, which are drawn from it.
ExecStartPre={python} -m orchestration parse
ExecStart={command}
Restart=on-failure
RestartSec=10
# A night that is told to stop leaves the publication as it is.
KillSignal=SIGTERM
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
"""


def _word(text: object) -> str:
    """One word of a unit, whatever blanks and percent signs it holds."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if " " in escaped else escaped


def units(settings: Settings, *, host: str, port: int) -> dict[str, str]:
    """File names and contents of the units, for the user who asks, with the settings of `.env`."""
    programs = Path(sys.executable).parent
    commands = {
        "webserver": f"{_word(programs / 'dagster-webserver')} -w workspace.yaml -h {host} -p {port}",
        "daemon": f"{_word(programs / 'dagster-daemon')} run -w workspace.yaml",
    }
    return {
        f"touchstone-{what}.service": UNIT.format(
            what=what,
            user=getpass.getuser(),
            project=str(PROJECT).replace("%", "%%"),
            dagster_home=_word(f"DAGSTER_HOME={settings.dagster_home}"),
            python=_word(sys.executable),
            command=command,
        )
        for what, command in commands.items()
    }
