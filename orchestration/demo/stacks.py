"""Which systems the simulated company runs, and what follows from that for its records.

What each company delivers, and what can be known of it:

- Marketo, HubSpot or Pardot beside Salesforce: the vendor's own sync writes Salesforce's ids on the MAP's records, and
  Salesforce's statuses on them. HubSpot's sync copies deals and companies too.
- Marketo beside HubSpot: no vendor syncs the two. A two-way flow of an integration platform matches by e-mail, writes
  no ids, and leaves out addresses that are invalid or a role's mailbox: nothing but the address links the two.
- HubSpot alone: one contact is the MAP's and the CRM's record. It cannot disagree with itself.
- Salesforce alone: the web site's forms make leads, with the web client's id in a custom field; a flow of its own
  stamps the MQL. Nobody sends mailings. A form of somebody who is a lead already leaves no trace.
- Salesforce with contacts only: the same on contacts, each on an account from the start, with the status and the MQL
  in custom fields and no history of them: a stage is dated by the first version that holds it.
- Salesforce with opportunities only: accounts, opportunities with their histories, users and rates, as a pipeline
  report needs them. No people, hence no roles, no stages of people, and no touches.
- Any of these beside a finance tool, on request: a plain export of its bills.
"""

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MapSystem = Literal["marketo", "hubspot", "pardot", "none"]
CrmSystem = Literal["salesforce", "hubspot"]
CrmObjects = Literal["all", "contacts", "opportunities"]

# What a company was simulated with, beside its extracts.
STATE = "demo.json"
MAP_SYSTEMS: tuple[MapSystem, ...] = ("marketo", "hubspot", "pardot", "none")
CRM_SYSTEMS: tuple[CrmSystem, ...] = ("salesforce", "hubspot")
CRM_OBJECTS: tuple[CrmObjects, ...] = ("all", "contacts", "opportunities")


@dataclass(frozen=True)
class Stack:
    """The company's MAP, its CRM, and which of Salesforce's objects it uses (`all`: leads and contacts).

    Raises ValueError for systems that no company combines.
    """

    map_system: MapSystem = "marketo"
    crm_system: CrmSystem = "salesforce"
    crm_objects: CrmObjects = "all"
    has_billing: bool = False

    def __post_init__(self) -> None:
        if self.crm_system == "hubspot" and self.map_system in ("pardot", "none"):
            raise ValueError(
                f"--map {self.map_system} --crm hubspot is nobody's stack: Pardot needs Salesforce, "
                "and HubSpot alone is --map hubspot --crm hubspot"
            )
        if self.crm_objects != "all" and (self.map_system, self.crm_system) != ("none", "salesforce"):
            raise ValueError(f"--crm-objects {self.crm_objects} needs --map none --crm salesforce")

    @property
    def name(self) -> str:
        """Short name: `marketo-salesforce`, `hubspot`, `salesforce-contacts`."""
        systems = dict.fromkeys((*((self.map_system,) if self.has_map else ()), self.crm_system))
        objects = () if self.crm_objects == "all" else (self.crm_objects,)
        return "-".join((*systems, *objects, *(("billing",) if self.has_billing else ())))

    @property
    def has_map(self) -> bool:
        """Whether a marketing platform is in use."""
        return self.map_system != "none"

    @property
    def is_single(self) -> bool:
        """Whether one system plays both parts, so that nothing is synced."""
        return not self.has_map or self.map_system == self.crm_system

    @property
    def has_vendor_sync(self) -> bool:
        """Whether a vendor's sync writes the CRM's ids on the MAP's records."""
        return self.has_map and self.crm_system == "salesforce"

    @property
    def has_people(self) -> bool:
        """Whether any extract holds people."""
        return self.crm_objects != "opportunities"

    @property
    def has_conversions(self) -> bool:
        """Whether a lead becomes a contact."""
        return self.crm_system == "salesforce" and self.crm_objects == "all"

    @property
    def has_campaign_members(self) -> bool:
        """Whether an extract holds who responded to which campaign."""
        return self.has_campaign_register

    @property
    def has_campaign_plans(self) -> bool:
        """Whether an extract says when each campaign begins and ends, those of ad platforms included."""
        return self.crm_system == "salesforce" and self.has_people

    @property
    def has_campaign_register(self) -> bool:
        """Whether an extract lists the campaigns that no ad platform knows: mailings, webinars, partners."""
        return self.has_campaign_plans or self.map_system == "marketo"

    @property
    def mail_source(self) -> str:
        """The UTM source of links in mailings and invitations."""
        return self.map_system if self.has_map else "newsletter"

    @property
    def people_system(self) -> str:
        """The system in which a person's first record lies."""
        return self.map_system if self.has_map else self.crm_system

    @property
    def people_type(self) -> str:
        """What that system calls a person's record."""
        if self.people_system == "salesforce":
            return self.crm_type
        return {"marketo": "lead", "hubspot": "contact", "pardot": "prospect"}[self.people_system]

    @property
    def crm_type(self) -> str:
        """What the CRM calls the record that sales works."""
        return "lead" if self.has_conversions else "contact"


def add_stack_options(parser: ArgumentParser) -> None:
    """Options that name the company's systems."""
    parser.add_argument("--map", choices=MAP_SYSTEMS, default="marketo", help="marketing automation (default: marketo)")
    parser.add_argument("--crm", choices=CRM_SYSTEMS, default="salesforce", help="CRM (default: salesforce)")
    parser.add_argument(
        "--crm-objects", choices=CRM_OBJECTS, default="all",
        help="what Salesforce is used for: leads and contacts, contacts only, opportunities only (default: all)",
    )  # fmt: skip
    parser.add_argument("--billing", action="store_true", help="a finance tool exports its bills too")


def stack_of(company: Path) -> Stack:
    """The stack of the simulated company in a folder."""
    state = json.loads((company / STATE).read_text())
    return Stack(state["map"], state["crm"], state.get("crm_objects", "all"), state.get("billing", False))
