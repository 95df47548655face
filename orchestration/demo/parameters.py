"""What the simulated company is like: every number that shapes it, in one place.

Where the numbers come from. "Common" marks an order of magnitude that published B2B benchmarks agree on roughly and
that practitioners will recognise; everything else is our own judgement, chosen so that the whole looks like a mid-sized
software vendor. No figure is measured on a real company.

- Demand: weekday, summer and year-end dips are common; their depth is judgement, as is the growth of 15 percent a year.
- Channel mix: search and direct first, paid a third of first visits (common); exact shares are judgement.
- Form rate per visit is far above a real site's 2 to 3 percent: visitors who never leave a name are sampled, because
  extracts of them would be mostly noise. Judgement.
- E-mail: opens about 25 percent, clicks 2 to 4 percent, opt-outs below 0.5 percent a mailing (common).
- Funnel: inquiry to MQL about a third, MQL accepted about three quarters, MQL to SQL 15 to 35 percent, won 20 to 30
  percent of closed opportunities (common); the logistic slopes on fit and engagement are judgement.
- Deals: median about 40,000 USD; 55 days from creation to a win, shorter to a loss (common for mid-market software);
  their spread is judgement.
- Speed to lead: median below one business hour when it works (the target); breaches take days, so that the same leads
  breach under any promise between 3 and 20 office hours and any reasonable calendar.
- Effects of channels on conversion are judgement: they are the causal truth to be recovered.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from orchestration.demo.stacks import Stack

SIZES = {"tiny": 2_000, "demo": 20_000, "large": 1_000_000}
START = date(2024, 12, 1)
UNTIL = date(2026, 6, 30)
# Simulated always in full, written only up to the day asked for: more days later never change the days before.
HORIZON_DAYS = 730


@dataclass(frozen=True)
class Channel:
    """A way to be reached. Shares are of first and of later visits; effects are the causal truth.

    `inquiry_effect` multiplies the odds that a visit ends in a form; `win_effect` is added to the log odds of winning,
    times log(1 + touches of the account over this channel).
    """

    name: str
    ga4_channel: str | None
    source: str | None
    medium: str | None
    is_tagged: bool
    click_id: str | None
    platform: str | None
    first_share: float
    later_share: float
    inquiry_effect: float
    win_effect: float
    cost_per_click: float = 0.0


CHANNELS = (
    Channel("direct", "Direct", None, None, False, None, None, 0.16, 0.36, 1.0, 0.0),
    Channel("organic_search", "Organic Search", "google", "organic", False, None, None, 0.30, 0.25, 1.15, 0.10),
    Channel("paid_search", "Paid Search", "google", "cpc", True, "gclid", "google_ads", 0.17, 0.10, 1.5, 0.20, 6.5),
    Channel("display", "Display", "google", "display", True, "gclid", "google_ads", 0.05, 0.05, 0.35, 0.02, 1.1),
    Channel("cross_network", "Cross-network", "google", "cpc", True, "gclid", "google_ads", 0.04, 0.03, 0.8, 0.05, 2.8),
    Channel(
        "linkedin",
        "Paid Social",
        "linkedin",
        "paid-social",
        True,
        "li_fat_id",
        "linkedin_ads",
        0.08,
        0.06,
        0.9,
        0.25,
        9.0,
    ),
    Channel("meta", "Paid Social", "facebook", "paid-social", True, "fbclid", "meta_ads", 0.05, 0.04, 0.5, 0.0, 1.6),
    Channel("organic_social", "Organic Social", "linkedin.com", "referral", False, None, None, 0.06, 0.05, 0.7, 0.05),
    Channel("referral", "Referral", "softwarecompare.example", "referral", False, None, None, 0.06, 0.04, 1.6, 0.15),
    Channel("partner", "Affiliates", "partnerhub", "affiliate", True, None, None, 0.03, 0.02, 1.3, 0.30),
    Channel("email", "Email", "marketo", "email", True, None, None, 0.0, 0.0, 0.9, 0.15),
    Channel("webinar", None, None, None, False, None, None, 0.0, 0.0, 1.0, 0.35),
    Channel("event", None, None, None, False, None, None, 0.0, 0.0, 1.0, 0.40),
)
CHANNEL = {channel.name: code for code, channel in enumerate(CHANNELS)}


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


@dataclass(frozen=True)
class Parameters:
    """The company. Fractions are of what the name says; times in the unit it says."""

    people: int = SIZES["tiny"]
    seed: int = 7
    stack: Stack = field(default_factory=Stack)
    start: date = START
    until: date = UNTIL
    faults: FaultRates = field(default_factory=FaultRates)

    people_per_account: float = 4.2
    free_mail_share: float = 0.10
    subsidiary_share: float = 0.06
    cookie_refusal_share: float = 0.06
    second_client_share: float = 0.30
    user_id_share: float = 0.50

    mean_extra_visits: float = 2.0
    form_rate: float = 0.17
    event_share: float = 0.05
    import_share: float = 0.04
    outbound_share: float = 0.02
    mailings_per_person: int = 6
    open_rate: float = 0.26
    click_rate: float = 0.03
    opt_out_rate: float = 0.004
    webinar_registration_rate: float = 0.05
    webinar_attendance_rate: float = 0.44
    mql_threshold: int = 70

    acceptance_log_odds: float = 1.2
    qualification_log_odds: float = -0.35
    opportunity_share: float = 0.82
    pending_stuck_share: float = 0.08
    win_log_odds: float = -1.55
    recycled_return_share: float = 0.25
    sla_business_hours: float = 4.0
    deletion_share: float = 0.007

    @property
    def population(self) -> int:
        """People over the whole horizon, such that about `people` of them have appeared by the default last day."""
        return round(self.people * HORIZON_DAYS / ((UNTIL - START).days + 1))

    @property
    def last_day(self) -> int:
        """Day number of `until`; raises ValueError beyond the horizon."""
        day = (self.until - self.start).days
        if not 0 <= day < HORIZON_DAYS:
            last = self.start + timedelta(days=HORIZON_DAYS - 1)
            raise ValueError(
                f"until={self.until} lies outside the simulated {self.start} to {last}; choose a day within"
            )
        return day


def company_of(
    people: int, *, seed: int, until: date, stack: Stack | None = None, faults: FaultRates | None = None
) -> Parameters:
    """Parameters of a company; one system in both parts has no sync, hence none of its faults."""
    stack, faults = stack or Stack(), faults or FaultRates()
    if stack.is_single:
        faults = replace(
            faults,
            sync_loss=0,
            sync_lag=0,
            field_drift=0,
            email_changed=0,
            double_linked=0,
            linked_to_deleted=0,
            stage_mismatch=0,
        )
    elif not stack.has_vendor_sync:
        # Two systems without each other's ids: nothing to link twice or to dangle; another address is another human.
        faults = replace(faults, double_linked=0, linked_to_deleted=0, email_changed=0)
    company = Parameters(people=people, seed=seed, until=until, stack=stack, faults=faults)
    return company if stack.has_map else replace(company, mailings_per_person=0)
