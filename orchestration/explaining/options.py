"""The options of the command `explain`."""

import argparse
from datetime import date

from orchestration.explaining.periods import SPELLINGS

# Options, and the columns of the mart that they ask of.
FILTERS = {
    "channel": "channel",
    "campaign": "campaign_id",
    "segment": "segment",
    "territory": "territory",
    "owner": "owner_id",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what may be asked."""
    parser.add_argument("metric", help="for example mql_people, mqls, won_people, opportunities, pipeline_amount")
    parser.add_argument("period", help=SPELLINGS)
    for name in FILTERS:
        parser.add_argument(f"--{name}", help=f"only of this {name}")
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="DATE", help="what entered and left since the publication of a day"
    )
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="DATE", help="as published on a day (default: the last publication)"
    )
    parser.add_argument("--limit", type=int, default=20, help="members to show; 0 shows all (default: 20)")
    parser.add_argument("--csv", metavar="FILE", help="write all members into a file too")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for machines")
