"""The truth tables and what their columns mean: the contract between the simulator and whoever scores a pipeline.

Read them with `read(truth_folder, table)`. Ids of records are spelled `<system>:<type>:<id>`, as in the marts'
`person_record_id`; instants are naive UTC. `recoverable_person_id` is the person as far as delivered evidence goes:
records that share it are linked by evidence, records of one `person_id` with different ones are not (a second address
that nothing ties to the first, a browser that never identified itself).
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Schema:
    """A truth table: its grain, its columns as name -> (DuckDB type, meaning), and the order of its rows."""

    grain: str
    columns: dict[str, tuple[str, str]]
    order: tuple[str, ...]


SCHEMAS = {
    "people": Schema(
        "One row per person who visited or is known.",
        {
            "person_id": ("varchar", "true person"),
            "account_id": ("varchar", "true account, whether the CRM has it or not"),
            "account_record_id": ("varchar", "the CRM's record of that account; null when it has none"),
            "is_account_recoverable": ("boolean", "company address, readable company name or conversion points to it"),
            "origin": ("varchar", "how the person became known: form, event, list_import, sales"),
            "country": ("varchar", "country"),
            "fit": ("bigint", "fit part of the score, 0 to 50"),
            "first_seen_at": ("timestamp", "first visit or record"),
            "known_at": ("timestamp", "first record; null while anonymous"),
            "inquiry_at": ("timestamp", "first form or event"),
            "opted_out_at": ("timestamp", "withdrawal of consent"),
            "resubscribed_at": ("timestamp", "when that was taken back"),
            "is_opted_out": ("boolean", "withdrawn, and not taken back"),
        },
        ("person_id",),
    ),
    "person_records": Schema(
        "One row per record of a person in any system, browsers included.",
        {
            "person_record_id": ("varchar", "`system:type:id`"),
            "person_id": ("varchar", "true person"),
            "recoverable_person_id": ("varchar", "person as far as evidence goes"),
            "system": ("varchar", "system"),
            "record_type": ("varchar", "lead, contact, prospect or web_client"),
            "is_recoverable": ("boolean", "evidence ties it to the person's main records"),
            "record_kind": ("varchar", "primary, duplicate_exact, duplicate_fuzzy"),
            "is_merged_away": ("boolean", "lost a merge"),
            "is_deleted": ("boolean", "deleted"),
            "created_at": ("timestamp", "creation, or first visit of a browser"),
        },
        ("person_record_id",),
    ),
    "accounts": Schema(
        "One row per account that the CRM holds.",
        {
            "account_id": ("varchar", "true account"),
            "account_record_id": ("varchar", "the CRM's record"),
            "account_name": ("varchar", "name"),
            "domain": ("varchar", "web domain"),
            "parent_account_id": ("varchar", "true parent"),
            "country": ("varchar", "country"),
        },
        ("account_id",),
    ),
    "stage_transitions": Schema(
        "One row per person, stage and entry.",
        {
            "recoverable_person_id": (
                "varchar",
                "person as far as evidence goes; an unlinked duplicate has its own known and inquiry",
            ),
            "person_id": ("varchar", "true person"),
            "stage": ("varchar", "stage of the seed lifecycle_stages"),
            "pass_number": ("bigint", "1, 2, ... through the funnel; 0 for known, inquiry and skipped stages"),
            "transition_at": ("timestamp", "least of stamp and inference"),
            "evidence": ("varchar", "stamped or inferred: which of the two came first"),
            "evidence_system": ("varchar", "system that holds the evidence"),
            "is_skipped": ("boolean", "never entered; inferred at the next stage's instant"),
            "is_first": ("boolean", "first entry of this stage"),
            "is_backward": ("boolean", "entered from a later stage without recycling"),
            "reason": ("varchar", "reason of disqualified, recycled, lost"),
            "is_recoverable": ("boolean", "evidence is in the extracts"),
            "is_to_the_day": ("boolean", "no evidence tells the time of day"),
            "is_of_deleted": ("boolean", "the person's records were deleted later: in no count"),
        },
        ("recoverable_person_id", "transition_at", "stage", "pass_number"),
    ),
    "touches": Schema(
        "One row per touchpoint of the definitions; a visit is one, with the kind of its strongest part.",
        {
            "touch_id": ("varchar", "touch"),
            "person_id": ("varchar", "true person; null where many share the browser"),
            "account_id": ("varchar", "true account"),
            "touch_at": ("timestamp", "instant of its first part; a session's is its start"),
            "touch_kind": (
                "varchar",
                "session, direct_session, form_fill, email_click, campaign_response, webinar_attendance",
            ),
            "true_channel": ("varchar", "channel that really reached the person, of channel_effects"),
            "channel": ("varchar", "channel that the evidence supports, in GA4's names; null for offline"),
            "campaign": ("varchar", "governed campaign name behind it, however it was spelled"),
            "source_system": ("varchar", "system that recorded it"),
            "source_record_id": ("varchar", "session: `client:ga_session_id`; Marketo: activity id, or `program:lead`"),
            "alternate_record_id": ("varchar", "the CRM's campaign member, where it holds the same response"),
            "part_count": ("bigint", "click, session and form that it consists of"),
            "is_recoverable": ("boolean", "recorded, and linked to the person by evidence"),
            "not_recoverable_because": ("varchar", "why not"),
        },
        ("touch_id",),
    ),
    "touch_parts": Schema(
        "One row per part of a touchpoint: what one system holds of it.",
        {
            "touch_id": ("varchar", "touch"),
            "part_kind": ("varchar", "kind of the part"),
            "source_system": ("varchar", "system that recorded it"),
            "source_record_id": ("varchar", "as in touches"),
            "campaign": ("varchar", "governed campaign name behind it"),
        },
        ("touch_id", "part_kind", "source_record_id"),
    ),
    "touch_opportunities": Schema(
        "One row per touch and opportunity its person has a role on, up to the close.",
        {
            "touch_id": ("varchar", "touch"),
            "opportunity_id": ("varchar", "`system:id`"),
            "is_before_creation": ("boolean", "at or before the opportunity's creation"),
        },
        ("touch_id", "opportunity_id"),
    ),
    "opportunities": Schema(
        "One row per opportunity.",
        {
            "opportunity_id": ("varchar", "`system:id`"),
            "account_id": ("varchar", "true account, after every move and merge"),
            "account_record_id": ("varchar", "the CRM's record of it"),
            "primary_person_id": ("varchar", "true person who converted into it"),
            "created_at": ("timestamp", "creation"),
            "accepted_at": ("timestamp", "left pending acceptance"),
            "closed_at": ("timestamp", "closed"),
            "is_won": ("boolean", "won"),
            "is_deleted": ("boolean", "deleted"),
            "currency_code": ("varchar", "currency"),
            "amount": ("decimal(18,2)", "latest amount in its currency"),
            "amount_usd": ("decimal(18,2)", "at the rate of its creation; null where the rate is missing"),
            "won_usd": ("decimal(18,2)", "when won, at the rate of its close date; null where the rate is missing"),
            "has_missing_rate": ("boolean", "created on a day of which the extracts hold no right rate"),
            "has_missing_won_rate": ("boolean", "of its close date the extracts hold no right rate"),
        },
        ("opportunity_id",),
    ),
    "opportunity_people": Schema(
        "One row per opportunity and person with a role on it.",
        {
            "opportunity_id": ("varchar", "`system:id`"),
            "person_id": ("varchar", "true person"),
            "role": ("varchar", "role"),
            "is_primary": ("boolean", "primary"),
        },
        ("opportunity_id", "person_id"),
    ),
    "mql_passes": Schema(
        "One row per person and pass that began with an MQL.",
        {
            "person_id": ("varchar", "true person"),
            "pass_number": ("bigint", "pass"),
            "lead_record_id": ("varchar", "the CRM's lead; null when the sync lost it"),
            "mql_at": ("timestamp", "MQL"),
            "assigned_at": ("timestamp", "assignment to a person; null when it stayed with the queue"),
            "first_touch_at": ("timestamp", "first human task; null while untouched"),
            "business_seconds": ("bigint", "office time from MQL to touch; null when untouched or touched before"),
            "due_at": ("timestamp", "end of the promised office hours"),
            "is_sla_breach": ("boolean", "touched late, or not at all although due"),
            "routing": ("varchar", "routed, no_owner, inactive_owner, wrong_territory, owner_churn, late_assignment"),
            "engagement": ("bigint", "engagement score at the MQL"),
            "fit": ("bigint", "fit score"),
            "reached_opportunity": ("boolean", "has a role on an opportunity"),
        },
        ("person_id", "pass_number"),
    ),
    "sync_records": Schema(
        "One row per living record of MAP or CRM, with its pair and the class of the reconciliation.",
        {
            "record_id": ("varchar", "record; a converted lead's contact"),
            "map_record_id": ("varchar", "the MAP's record"),
            "crm_record_id": ("varchar", "the CRM's lead, or contact where it has no leads; null when none"),
            "sync_class": ("varchar", "one of the nine classes of the definitions"),
        },
        ("record_id",),
    ),
    "billing_records": Schema(
        "One row per won deal and standing bill of a company whose finance tool exports its bills; else none.",
        {
            "record_id": ("varchar", "`system:id` of the opportunity or bill"),
            "billing_class": ("varchar", "one of the nine classes of the definitions"),
        },
        ("record_id",),
    ),
    "record_hygiene": Schema(
        "One row per record and rule of hygiene that it is judged by; of a lost campaign the members alone.",
        {
            "record_id": ("varchar", "record of a person, or membership"),
            "rule": ("varchar", "person_current, recipient_bounced, member_campaign_delivered"),
            "is_broken": ("boolean", "whether the record breaks it"),
        },
        ("rule", "record_id"),
    ),
    "injected_faults": Schema(
        "One row per injected fault that could be seen by the last day.",
        {
            "fault_id": ("bigint", "fault"),
            "fault_kind": ("varchar", "kind, of parameters.FaultRates"),
            "system": ("varchar", "system that shows it"),
            "object": ("varchar", "object that shows it"),
            "record_id": (
                "varchar",
                "record, session (`client:ga_session_id`), activity, campaign name, day, or `file:line`",
            ),
            "related_record_id": ("varchar", "the other record of a pair"),
            "person_id": ("varchar", "true person"),
            "occurred_at": ("timestamp", "from when on it can be seen"),
            "detail": ("varchar", "what exactly"),
        },
        ("fault_id",),
    ),
    "unidentified_traffic": Schema(
        "One row per month and channel of visits without consent.",
        {
            "month_start_date": ("date", "first day, UTC"),
            "channel": ("varchar", "channel that the evidence supports, in GA4's names"),
            "visit_count": ("bigint", "visits"),
        },
        ("month_start_date", "channel"),
    ),
    "self_reported_sources": Schema(
        "One row per person, as far as evidence unites one, whom a form asked how they heard of the company.",
        {
            "person_id": ("varchar", "person"),
            "told_source": ("varchar", "the answer, in the person's words"),
            "meant_source": ("varchar", "what it means, in the words of seeds/self_reported_sources.csv"),
        },
        ("person_id",),
    ),
    "channel_effects": Schema(
        "One row per channel: the causal truth.",
        {
            "true_channel": ("varchar", "channel"),
            "channel": ("varchar", "GA4's name; null offline"),
            "platform": ("varchar", "ad platform"),
            "inquiry_effect": ("double", "factor on the odds that a visit ends in a form"),
            "win_effect": ("double", "added to the log odds of winning, times log(1 + touches of the account)"),
            "incremental_inquiries": ("double", "expected forms that the effect brought, of unmailed visits"),
            "incremental_wins": ("double", "expected wins that this effect alone brought"),
            "incremental_won_usd": ("double", "expected money won that this effect alone brought"),
        },
        ("true_channel",),
    ),
    "experiments": Schema(
        "One row per experiment that the company ran; none where it runs none.",
        {
            "experiment_id": ("varchar", "experiment, as in the seed"),
            "channel": ("varchar", "GA4's name of the channel that was held back"),
            "treated_people": ("bigint", "people of treated units who were first known while outcomes counted"),
            "control_people": ("bigint", "those of units held back"),
            "lift": ("bigint", "of the treated, those who would not have been known by then without the channel"),
        },
        ("experiment_id",),
    ),
    "marketing_costs": Schema(
        "One row per source, record of a cost beside ad spend, and month that it is of.",
        {
            "cost_source": ("varchar", "crm_campaign or map_program"),
            "campaign_record_id": ("varchar", "`system:id` of the campaign or program"),
            "month_start_date": ("date", "first day"),
            "amount": ("decimal(18,2)", "cost in US dollars"),
            "is_counted": ("boolean", "no source before it tells the campaign's cost"),
        },
        ("cost_source", "campaign_record_id", "month_start_date"),
    ),
    "platform_claims": Schema(
        "One row per ad platform, campaign and month of which the platform delivered statistics.",
        {
            "ad_platform": ("varchar", "ad platform"),
            "campaign_record_id": ("varchar", "`platform:id` of the campaign"),
            "month_start_date": ("date", "first day, UTC"),
            "claimed_click_count": ("double", "conversions that it claims after a click"),
            "claimed_view_count": ("double", "after a view alone"),
            "form_count": ("bigint", "forms that really came of it, as far as evidence goes"),
        },
        ("ad_platform", "campaign_record_id", "month_start_date"),
    ),
    "core_counts": Schema(
        "One row per role (mart, map, crm), core count and week; one system in both parts has the CRM's rows only.",
        {
            "week_start_date": ("date", "Monday, UTC"),
            "core_count": ("varchar", "inquiries, mqls, sqls, opportunities, pipeline_amount, won_amount"),
            "system": ("varchar", "truth: people as far as evidence goes; systems: live records, by their own stamps"),
            "system_role": ("varchar", "who counts: mart, map, crm"),
            "value": ("double", "count, or US dollars: pipeline at the rate of the creation, won at the close date's"),
        },
        ("week_start_date", "core_count", "system_role"),
    ),
}


def read(folder: Path, table: str) -> pa.Table:
    """A truth table; raises KeyError for a name that is none."""
    return pq.read_table(folder / f"{table}.parquet", columns=list(SCHEMAS[table].columns))
