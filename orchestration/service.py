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
Environment=DAGSTER_HOME={dagster_home}
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


def units(settings: Settings, *, host: str, port: int) -> dict[str, str]:
    """File names and contents of the units, for the user who asks, with the settings of `.env`."""
    programs = Path(sys.executable).parent
    commands = {
        "webserver": f"{programs / 'dagster-webserver'} -w workspace.yaml -h {host} -p {port}",
        "daemon": f"{programs / 'dagster-daemon'} run -w workspace.yaml",
    }
    return {
        f"touchstone-{what}.service": UNIT.format(
            what=what,
            user=getpass.getuser(),
            project=PROJECT,
            dagster_home=settings.dagster_home,
            python=sys.executable,
            command=command,
        )
        for what, command in commands.items()
    }
