"""Which of the warehouse's rows name an injected fault: one query per fault kind, giving ids as the truth spells them.

A kind is detected only when a mart names its record; what no mart names yet is listed as such, with what it waits for.
"""

from dataclasses import dataclass
from typing import Literal

from orchestration.demo.stacks import Stack

RECALL_FLOOR = 0.99
PRECISION_FLOOR = 0.98


@dataclass(frozen=True)
class Detector:
    """`sql` gives the ids of the records that it names, `{people_prefix}` standing for how ids of people's first
    records begin. Only detectors of records must meet the floors."""

    sql: str
    level: Literal["record", "file"] = "record"


_DEFECTS = "select record_id from marts.fct_detected_defects where defect_kind = '{kind}'"
# The CRM holds a copy of what was typed into the MAP; the truth counts the fault where it began.
_MAP_DEFECTS = f"{_DEFECTS} and starts_with(record_id, '{{people_prefix}}')"
_SESSION_DEFECTS = """
    select sessions.client_id || ':' || epoch(sessions.session_start_at)::bigint as record_id
    from marts.fct_detected_defects as defects
    inner join marts.fct_sessions as sessions on defects.record_id = sessions.session_id
    where defects.defect_kind = '{kind}'
"""
_UNREADABLE_CELLS = """
    select 'marketo:lead:' || leads.id as record_id
    from marts.fct_cell_defects as defects
    inner join raw_marketo.leads as leads
        on defects.source_file = leads._source_file and defects.source_line = leads._source_line
    where defects.system = 'marketo' and defects.object = 'leads'
    union all
    select 'hubspot:contact:' || contacts.id
    from marts.fct_cell_defects as defects
    inner join raw_hubspot.contacts as contacts
        on defects.source_file = contacts._source_file and defects.source_line = contacts._source_line
    where defects.system = 'hubspot' and defects.object = 'contacts'
"""

_BY_MART = (
    "duplicate_exact", "duplicate_fuzzy", "missing_field", "merge_orphan", "deleted_twice", "double_linked",
    "linked_to_deleted", "field_drift", "sync_loss", "sync_lag", "stage_mismatch", "unregistered_campaign",
    "bot_traffic", "mail_after_opt_out", "spend_gap", "currency_gap", "negative_interval", "sla_breach",
    "routing_no_owner", "routing_inactive_owner", "routing_wrong_territory", "routing_owner_churn",
    "routing_late_assignment", "shared_identifier", "implausible_instant",
)  # fmt: skip

DETECTORS = {
    **{kind: Detector(_DEFECTS.format(kind=kind)) for kind in _BY_MART},
    **{
        kind: Detector(_MAP_DEFECTS.replace("{kind}", kind))
        for kind in ("invalid_email", "role_mailbox", "spreadsheet_injection")
    },
    **{
        kind: Detector(_SESSION_DEFECTS.format(kind=kind))
        for kind in ("utm_case_drift", "utm_typo", "utm_missing", "hostile_utm")
    },
    "malformed_row": Detector("select source_file || ':' || source_line as record_id from marts.fct_quarantined_rows"),
    "unreadable_cell": Detector(_UNREADABLE_CELLS),
    "late_file": Detector(_DEFECTS.format(kind="late_file"), level="file"),
    "corrected_file": Detector(_DEFECTS.format(kind="corrected_file"), level="file"),
}

# Kinds that no mart names yet, and what would.
WITHOUT_DETECTOR = {
    "tracking_outage": "the volume check judges the newest day only and keeps no list",
    "volume_drop": "the volume check judges the newest day only and keeps no list",
    "volume_spike": "the volume check judges the newest day only and keeps no list",
}

# Kinds that a company's systems may give no ground for.
OF_A_DECLARED_SYNC = ("sync_lag", "sync_loss", "stage_mismatch")


def groundless(kind: str, stack: Stack) -> str | None:
    """Why no extract of the company can show this kind of fault, where that is so."""
    if kind in OF_A_DECLARED_SYNC and not stack.is_single and not stack.has_vendor_sync:
        return "no id ties the two systems, so nobody can say what one owes the other"
    return None


def detection_sql(stack: Stack) -> str:
    """A query of (fault_kind, true_count, found_count, matched_count) over every kind injected or found.

    Counts are of distinct record ids, as one fault may show in several rows.
    """
    prefix = f"{stack.people_system}:{stack.people_type}:"
    found = "\n    union\n".join(
        f"select '{kind}' as fault_kind, record_id from ({detector.sql.replace('{people_prefix}', prefix)}) as {kind}"
        for kind, detector in DETECTORS.items()
    )
    return f"""
        with
        found as ({found}),
        injected as (select distinct fault_kind, record_id from truth.injected_faults)
        select
            fault_kind,
            count(injected.record_id) as true_count,
            count(found.record_id) as found_count,
            count(*) filter (where injected.record_id is not null and found.record_id is not null) as matched_count
        from (select *, record_id as key from injected) as injected
        full join (select *, record_id as key from found) as found using (fault_kind, key)
        group by fault_kind
    """
