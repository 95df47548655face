"""The options of the commands `campaign` and `utm`."""

import argparse


def add_options(
    add: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add both commands and their options."""
    campaign = add.add_parser(
        "campaign",
        help="judge launch plans and tagged links by the taxonomy, before launch",
        description="Judge launch plans and tagged links by the taxonomy, before launch.",
        allow_abbrev=False,
    )
    checks = campaign.add_subparsers(dest="subcommand", required=True, metavar="subcommand")
    checking = checks.add_parser(
        "check",
        help="say what is wrong with plans (CSV, XLSX), lists of links and links",
        description="Say what is wrong with plans (CSV, XLSX), lists of links and links, by the rules of the marts. "
        "A corrected copy of a plan is written beside it. Exits with 0 when there is no error, 1 when there is, "
        "2 when a file is no plan.",
        allow_abbrev=False,
    )
    checking.add_argument("given", nargs="+", metavar="FILE|URL", help="a plan, a list of links, or a link")
    checking.add_argument("--json", action="store_true", help="print one JSON object, for machines")
    checking.add_argument("--follow", action="store_true", help="follow each link on the network to where it ends")
    checking.add_argument(
        "--timeout", type=float, default=10.0, help="seconds that following one link may take (default: 10)"
    )
    utm = add.add_parser("utm", help="build tagged links", description="Build tagged links.", allow_abbrev=False)
    builds = utm.add_subparsers(dest="subcommand", required=True, metavar="subcommand")
    building = builds.add_parser(
        "build",
        help="build links from the register, a sheet or options",
        description="Build the links of one campaign, or of each row of a sheet, and judge them. Landing pages are "
        "those of seeds/campaign_register.csv unless told. Exits with 0 and the links when they may launch, else "
        "with 1; with 2 when there is nothing to build from.",
        allow_abbrev=False,
    )
    building.add_argument("--sheet", help="a plan; its links are written beside it, as <name>.links.csv")
    building.add_argument("--campaign", help="name of the campaign")
    building.add_argument("--page", help="landing page")
    for name in ("source", "medium", "term", "content"):
        building.add_argument(f"--{name}", help=f"utm_{name}")
