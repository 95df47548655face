"""How often each fault is put in: rates, plausible for a mid-sized company, and the same for every stack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FaultRates:
    """How often each fault is put in; the share of what the comment names."""

    duplicate_exact: float = 0.008  # known people
    duplicate_fuzzy: float = 0.006  # known people
    missing_field: float = 0.030  # known people
    utm_case_drift: float = 0.010  # tagged sessions
    utm_typo: float = 0.008  # tagged sessions
    utm_missing: float = 0.020  # sessions with a click id
    hostile_utm: float = 0.0005  # tagged sessions
    unregistered_campaign: float = 0.020  # campaigns of ad platforms and partners
    sync_loss: float = 0.004  # inquiries
    sync_lag: float = 0.010  # inquiries whose MQL, if any, is days away
    field_drift: float = 0.015  # synced leads
    stage_mismatch: float = 0.005  # MQLs that sales moved on
    double_linked: float = 0.15  # exact duplicates
    linked_to_deleted: float = 0.002  # synced leads that sales never saw
    routing_no_owner: float = 0.004  # MQLs, each of the five
    routing_inactive_owner: float = 0.003
    routing_wrong_territory: float = 0.005
    routing_owner_churn: float = 0.003
    routing_late_assignment: float = 0.003
    sla_breach: float = 0.050  # MQLs that sales touches late
    sla_untouched: float = 0.020  # MQLs that sales never touches
    mail_after_opt_out: float = 0.050  # mailings to people who opted out
    negative_interval: float = 0.002  # MQLs: sales' first task is dated before the MQL
    spend_gap: float = 0.004  # campaign days of ad platforms
    currency_gap: int = 1  # gaps of 21 days in the dated rates of one currency
    bot_client: float = 0.0015  # extra web clients per person
    tracking_outage: int = 2  # whole days without web events
    volume_drop: int = 2  # days on which four of five sessions are lost
    volume_spike: int = 3  # days on which a list is imported
    malformed_row: float = 0.0004  # rows of the objects that carry them
    unreadable_cell: float = 0.001  # Marketo leads' employee count
    late_file: float = 0.010  # files
    corrected_file: float = 0.004  # files
    merge_orphan: float = 0.30  # merges that also name a lead nobody holds
    deleted_twice: float = 0.20  # deletions
    role_mailbox: float = 0.004  # known people
    invalid_email: float = 0.006  # known people
    spreadsheet_injection: float = 0.0008  # known people
    email_changed: float = 0.010  # known people: the CRM holds another address than the MAP
    resubscription: float = 0.30  # opt-outs, taken back weeks later
    missing_column: float = 0.030  # files of people: the opt-out column is not among the columns
    stamp_cleared: float = 0.30  # recycled MQLs; a second MQL overwrites the first one's stamp whenever there is one
    status_without_history: float = 0.10  # people in the CRM: no history tells of most statuses, and edits follow
    membership_reset: float = 0.15  # responses to campaigns: a later upload sets the member back
    won_without_closing_row: float = 0.15  # won opportunities: the last row of the history is missing
    role_added_later: float = 0.06  # colleagues of a closed opportunity who are in the CRM: given a role on it then
    role_removed: float = 0.15  # roles of colleagues: taken away before the opportunity is accepted
    deal_moved: float = 0.08  # opportunities: moved to another account
    merged_account: float = 0.10  # opportunities made on a new record of their account, merged the same day
    merged_deal: float = 0.08  # opportunities of HubSpot: entered twice, merged the same day
    deleted_by_connector: float = 0.50  # deletions that only a connector's own column tells
    withdrawn_rate: int = 1  # dated rates of ten times the value, gone from the next export
    automated_task: float = 0.20  # MQLs: the integration's user logs a task, as a user like any other
    open_reminder: float = 0.08  # MQLs: their owner notes to call, and the note stays open
    placeholder_id: float = 0.050  # people: where an id is not known, their records and visits hold a word for nothing
    cookie_prefix: float = 0.050  # people: forms write the whole cookie, GA1.1. and all
    booth_tablet: int = 2  # events at which newcomers sign in on one tablet
    excluded_referrer: float = 0.020  # visits of several pages: back from a log-in or a payment in their middle
    default_stamp: float = 0.006  # people who never were MQLs: the field says 1900, 1970 or 2099
    epoch_creation: float = 0.003  # records of the CRM that a sync made: created in 1970
    day_stamp: float = 0.100  # MQLs: Salesforce's field keeps the day alone
    odd_file: float = 0.006  # files of text: written by a spreadsheet or a report, as API pages, by a connector
    finer_spend: float = 0.040  # days of an ad platform: rows of an hour, placement or device that add up
    spend_read_again: float = 0.040  # days of Google Ads: a connector appends an earlier reading of each row
    profiled_task: float = 0.10  # MQLs: a connector whose profile alone tells it logs a task
    missed_meeting: float = 0.08  # MQLs: their owner books a meeting that nobody comes to
    held_meeting: float = 0.10  # first touches: a meeting that is held
    placeholder_phone: float = 0.50  # missing phone numbers: zeros, or a row of digits, in their place
    unknown_country: float = 0.008  # people: a country as nobody spells it
    unknown_status: float = 0.060  # assigned MQLs: for a while in a status that nobody declared
    typed_in_crm: float = (
        0.010  # people whom nothing made known: sales types them into the CRM, which the sync passes over
    )
    corrected_address: float = 1.00  # bounced addresses of people in no CRM: mistyped, and corrected days later
    orphan_member: float = 0.006  # known people: on a list of a campaign that no extract holds
    unknown_stage: float = 0.100  # opportunities in negotiation: before it in a stage that nobody declared
