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

from orchestration.demo.fault_rates import FaultRates
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
    # Its visits are a share of those of organic search.
    Channel("ai_assistant", "AI Assistant", None, None, False, None, None, 0.0, 0.0, 1.5, 0.15),
)
CHANNEL = {channel.name: code for code, channel in enumerate(CHANNELS)}


@dataclass(frozen=True)
class Parameters:
    """The company. Fractions are of what the name says; times in the unit it says."""

    people: int = SIZES["tiny"]
    seed: int = 7
    stack: Stack = field(default_factory=Stack)
    start: date = START
    until: date = UNTIL
    faults: FaultRates = field(default_factory=FaultRates)
    has_experiments: bool = False

    people_per_account: float = 4.2
    free_mail_share: float = 0.10
    subsidiary_share: float = 0.06
    cookie_refusal_share: float = 0.06
    second_client_share: float = 0.30
    user_id_share: float = 0.50

    mean_extra_visits: float = 2.0
    form_rate: float = 0.17
    assistant_share: float = 0.08
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
    answer_share: float = 0.45
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
    people: int,
    *,
    seed: int,
    until: date,
    stack: Stack | None = None,
    faults: FaultRates | None = None,
    has_experiments: bool = False,
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
            epoch_creation=0,
            day_stamp=0,
        )
    elif not stack.has_vendor_sync:
        # Two systems without each other's ids: nothing to link twice or to dangle; another address is another human.
        faults = replace(faults, double_linked=0, linked_to_deleted=0, email_changed=0)
    if stack.crm_objects == "contacts":
        # Without a history of owners nobody knows whose a contact was in the course of a day.
        faults = replace(faults, routing_wrong_territory=0, routing_owner_churn=0)
    company = Parameters(
        people=people, seed=seed, until=until, stack=stack, faults=faults, has_experiments=has_experiments
    )
    return company if stack.has_map else replace(company, mailings_per_person=0)
