"""What the truth's queries leave open: how the company's systems spell their records, and what they tell at all."""

from orchestration.demo.by_hand import LOST_CAMPAIGN
from orchestration.demo.parameters import Parameters

INSTANT = "make_timestamp(({})::bigint * 1000000)"
OBJECTS = {
    "marketo": ("leads", "activities", "(783900000 + a.n)"),
    "hubspot": ("contacts", "email_events", "a.n"),
    "pardot": ("prospect", "visitor_activity", "(1500000000 + a.n)"),
}


def names_of(parameters: Parameters) -> dict[str, str]:
    """Placeholder -> SQL text, for `spelled`."""
    stack = parameters.stack
    people, log, activity = OBJECTS.get(stack.people_system, (stack.crm_type, "none", "a.n"))
    in_marketo = stack.map_system == "marketo"
    flags = {
        "has_map": stack.has_map,
        "has_billing": stack.has_billing,
        "has_people": stack.has_people,
        "has_two_systems": not stack.is_single,
        "has_sync": stack.has_vendor_sync,
        "has_conversions": stack.has_conversions,
        "has_rates": stack.crm_system == "salesforce",
        "has_memberships": stack.has_campaign_members,
        # A contact of Salesforce has its account's company and industry, none of its own.
        "people_type_has_company": stack.people_system != "salesforce" or stack.has_conversions,
        "has_register": stack.has_campaign_register,
        "has_plans": stack.has_campaign_plans,
        "in_marketo": in_marketo,
        "in_pardot": stack.map_system == "pardot",
        "tells_sync_errors": in_marketo and stack.has_vendor_sync,
    }
    return {
        **{name: str(value).lower() for name, value in flags.items()},
        "map": stack.people_system,
        "crm": stack.crm_system,
        "people": stack.people_system,
        "people_type": stack.people_type,
        "map_object": people,
        "log_object": log,
        "crm_object": stack.crm_type if stack.crm_system == "salesforce" else "contacts",
        "crm_type": stack.crm_type,
        "membership": "(1000 + m.campaign) || ':' || l.lead" if in_marketo else "m.id",
        "member_system": "marketo" if in_marketo else stack.crm_system,
        "member_object": "program_member" if in_marketo else "campaign_member",
        "lost_membership": f"{1000 + LOST_CAMPAIGN} || ':' || l.lead" if in_marketo else "m.id",
        "activity_id": activity,
        "sla_seconds": str(int(parameters.sla_business_hours * 3600)),
    }


def spelled(sql: str, names: dict[str, str]) -> str:
    """A query with its placeholders filled in."""
    for name, value in names.items():
        sql = sql.replace("{" + name + "}", value)
    return sql
