"""What is wrong with plans and links, before launch."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from orchestration.campaigns import plans
from orchestration.campaigns.links import Link, build
from orchestration.campaigns.plans import NoPlan, Plan, Row
from orchestration.campaigns.redirects import Unreachable, follow
from tests.campaigns.conftest import NAME, rules_of

PAGE = "https://www.acme.example/demo"
UTMS = {"utm_source": "marketo", "utm_medium": "email", "utm_campaign": NAME}
GOOD = {
    "campaign_name": NAME, "campaign_type": "Email", "owner": "marketing_operations", "start_date": "2026-10-05",
    "end_date": "2026-12-20", "budget_amount": "5000.00", "landing_page": PAGE, **UTMS, "url": build(PAGE, UTMS),
    "form": "Demo Request", "form_fields": "Email, Company, phone", "hidden_fields": "utm_source utm_campaign gclid",
}  # fmt: skip


def plan(*rows: dict[str, str]) -> Plan:
    return Plan(tuple(Row(number, row) for number, row in enumerate(rows, start=2)))


def link(**values: str) -> str:
    return build(PAGE, UTMS | values)


def test_a_good_row_breaks_nothing(judged) -> None:
    assert judged(plan(GOOD)).faults == ()


@pytest.mark.parametrize(
    ("changes", "rule", "meant"),
    [
        ({"campaign_name": "Webinar March"}, "campaign_name_spelling", None),
        ({"campaign_name": NAME.upper()}, "campaign_name_case", NAME),
        ({"campaign_name": "emea_email_brnd_2026q4"}, "campaign_name_known", NAME),
        ({"campaign_name": "amer_email_brand_2025q4"}, "campaign_name_known", None),
        ({"campaign_type": "Emial"}, "campaign_type_known", "email"),
        ({"campaign_type": "newsleter"}, "campaign_type_known", "newsletter"),
        ({"utm_source": "", "url": ""}, "source_present", None),
        ({"utm_source": "Marketo", "url": link(utm_source="Marketo")}, "utm_case", "marketo"),
        ({"utm_source": "markto", "url": link(utm_source="markto")}, "source_known", "marketo"),
        ({"utm_medium": "e-mail", "url": link(utm_medium="e-mail")}, "medium_known", "email"),
        ({"utm_medium": "", "url": ""}, "medium_present", None),
        ({"utm_campaign": "emea_email_brand_26q4", "url": ""}, "campaign_spelling", None),
        ({"utm_campaign": "emea_emal_brand_2026q4", "url": ""}, "campaign_known", NAME),
        ({"url": f"{PAGE}?utm_source=marketo&utm_medium=email"}, "link_as_planned", None),
        ({"utm_campaign": "", "url": link(utm_campaign="apac_webinar_launch_2026q4")}, "link_as_planned", None),
        ({"utm_content": "ada@corp.example", "url": ""}, "utm_personal_data", None),
        ({"utm_content": "a<b", "url": ""}, "utm_markup", "a"),
        ({"utm_content": "a%2520b", "url": ""}, "utm_encoding", None),
        ({"url": link() + "&email=ada"}, "url_personal_data", None),
        ({"url": link() + "&q=ada%40corp.example"}, "url_personal_data", None),
        ({"url": link() + "&q=a%2520b"}, "url_encoding", None),
        ({"url": link().replace("https", "http")}, "url_spelling", None),
        ({"url": link() + "&q=a b"}, "url_spelling", None),
        ({"url": link() + "&utm_souce=x"}, "parameter_known", None),
        ({"url": link().replace("utm_medium", "UTM_Medium")}, "utm_case", "utm_medium"),
        ({"url": link() + "&utm_source=bing"}, "link_parameter_once", None),
        ({"url": f"{PAGE}#?utm_source=marketo&utm_medium=email&utm_campaign={NAME}"}, "link_fragment", None),
        ({"landing_page": "https://acme.exampel/demo", "url": ""}, "landing_host_known", "acme.example"),
        ({"landing_page": "https://acme.example/other", "url": ""}, "plan_landing_page", None),
        ({"landing_page": "https://acme.example/other"}, "link_as_planned", None),
        ({"start_date": ""}, "plan_dates", None),
        ({"start_date": "5.10.2026"}, "plan_dates", None),
        ({"end_date": "2026-10-04"}, "plan_dates", None),
        ({"start_date": "2026-09-30"}, "plan_past", None),
        ({"budget_amount": "five thousand"}, "plan_budget", None),
        ({"budget_amount": "5.000,00"}, "plan_budget", None),
        ({"budget_amount": "5,000"}, "plan_budget", None),
        ({"currency_code": "EURO"}, "plan_currency", None),
        ({"currency_code": "eur"}, "plan_currency", None),
        ({"owner": "noone"}, "plan_owner", None),
        ({"owner": "paid_media"}, "plan_one_campaign", None),
        ({"budget_amount": "6000"}, "plan_one_campaign", None),
        ({"form": "Demo Reqest"}, "form_known", "Demo Request"),
        ({"channel": "Paid Serch"}, "channel_known", "Paid Search"),
        ({"form_fields": "email"}, "plan_form_fields", None),
        ({"hidden_fields": "utm_source"}, "plan_form_fields", None),
        ({"redirect_url": f"https://acme.example/demo?utm_source=marketo&utm_campaign={NAME}"}, "link_redirect", None),
    ],
)
def test_what_is_wrong_is_named_with_what_was_meant(judged, changes: dict[str, str], rule: str, meant: str | None):
    found = rules_of(judged(plan(GOOD | changes)))
    assert rule in found
    assert found[rule] == meant


def test_a_redirect_opens_the_landing_page_of_its_row(judged) -> None:
    short = link().replace("/demo", "/go")
    assert "link_as_planned" in rules_of(judged(plan(GOOD | {"url": short})))
    found = rules_of(judged(plan(GOOD | {"url": short, "redirect_url": link().replace("www.", "")})))
    assert "link_as_planned" not in found


def test_equal_links_and_campaigns_at_odds_are_named_by_line(judged) -> None:
    other = {"utm_content": "b", "url": link(utm_content="b"), "end_date": "2026-12-21"}
    judgement = judged(plan(GOOD, GOOD, GOOD | other))
    assert {(fault.line, fault.rule) for fault in judgement.faults} == {(3, "plan_once"), (4, "plan_one_campaign")}
    assert "line 2 is the same" in judgement.faults[0].wrong


def test_a_budget_in_two_currencies_is_at_odds(judged) -> None:
    euros = {"utm_content": "b", "url": link(utm_content="b"), "currency_code": "EUR"}
    assert "plan_one_campaign" in rules_of(judged(plan(GOOD | {"currency_code": "USD"}, GOOD | euros)))


def test_a_plan_registers_its_campaigns_where_nobody_keeps_a_register(judged) -> None:
    row = {"campaign_name": "apac_webinar_launch_2026q4", "start_date": "2026-11-01", "landing_page": PAGE}
    utms = {"utm_source": "linkedin", "utm_medium": "paid-social"}
    misspelled = {"url": build(PAGE, utms | {"utm_campaign": "apac_webnar_launch_2026q4"})}
    assert judged(plan(row | utms), is_registered=False).faults == ()
    assert rules_of(judged(plan(row | misspelled), is_registered=False))["campaign_known"] == row["campaign_name"]
    assert "campaign_known" in rules_of(judged(plan(row | utms)))


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        ("emea_email_brnad_2027q1", True),
        ("emea_email_bran_2027q1", True),
        ("emia_email_brand_2027q1", True),
        ("emea_email_brand_2027q2", False),
        ("amer_email_brand_2027q1", False),
        ("emea_email_launch_2027q1", False),
    ],
)
def test_two_campaigns_of_a_plan_that_may_be_one_are_told(judged, other: str, is_told: bool) -> None:
    rows = [{"campaign_name": name, "start_date": "2027-01-04"} for name in ("emea_email_brand_2027q1", other)]
    judgement = judged(plan(*rows), is_registered=False)
    told = {fault.line: fault.wrong for fault in judgement.faults if fault.rule == "plan_alike"}
    assert (3 in told, 2 in told) == (is_told, False)
    assert not is_told or told[3].endswith("line 2 has emea_email_brand_2027q1")
    assert judgement.may_launch


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"campaign_name": "na_email_brand_2026q4"}, "campaign_name", "'na' is no region; use amer, apac, emea"),
        ({"campaign_name": "emea_mail_brand_2026q4"}, "campaign_name", "'mail' is no channel; use affiliate, content"),
        ({"campaign_name": "emea_email_brand_26q4"}, "campaign_name", "'26q4' is no period"),
        ({"campaign_name": "emea_email_brand"}, "campaign_name", "'brand' is no topic"),
        ({"start_date": "5.10.2026"}, "start_date", "write it as 2026-01-31"),
        ({"start_date": "2026-09-30"}, "start_date", "today is 2026-10-01"),
        ({"currency_code": "eur"}, "currency_code", "write it as EUR"),
        ({"owner": "paid_medai"}, "owner", "did you mean paid_media?"),
        ({"landing_page": "http://acme.example/demo", "url": ""}, "landing_page", "A link is an https URL"),
        ({"landing_page": "https://acme.exampel/demo", "url": ""}, "landing_page", "approved_domains"),
        ({"url": "foo"}, "url", "'foo' is no link"),
    ],
)
def test_texts_name_the_fault_under_its_own_field(judged, changes: dict[str, str], field: str, says: str) -> None:
    faults = judged(plan(GOOD | changes)).faults
    assert any(fault.field == field and says in fault.wrong for fault in faults)


def test_a_short_link_is_judged_by_where_it_ends(judged) -> None:
    short = GOOD | {"url": "https://short.example/a1"}
    (fault,) = judged(plan(short)).faults
    assert (fault.rule, fault.field) == ("link_redirect", "redirect_url")
    assert judged(plan(short | {"redirect_url": link()})).faults == ()
    assert "source_known" in rules_of(judged(plan(short | {"redirect_url": link(utm_source="markto")})))
    assert judged(plan(short), follow=lambda url: link()).faults == ()


def test_a_warning_stops_nothing(judged) -> None:
    assert judged(plan(GOOD | {"campaign_type": "Fireside"})).may_launch
    assert not judged(plan(GOOD | {"start_date": ""})).may_launch


def test_a_repaired_link_is_built_anew_and_keeps_the_rest(judged) -> None:
    written = f"{PAGE}?ref=9&utm_source=Marketo&utm_medium=e-mail&utm_campaign={NAME}#top"
    repairs = judged(plan({"url": written})).repairs
    assert repairs == {2: {"url": f"{PAGE}?ref=9&utm_source=marketo&utm_medium=email&utm_campaign={NAME}#top"}}


def test_rules_of_the_day_judge(kept_registers: Path, judged) -> None:
    """The rules of the first day hold; one that begins later judges what begins later."""
    seed = kept_registers / "taxonomy_rules.csv"
    before = seed.read_text()
    try:
        seed.write_text(before + "no_brand,utm_campaign,excludes,brand,error,web_analytics,,2026-11-01,,No,Rename it\n")
        assert "no_brand" not in rules_of(judged(plan(GOOD)))
        later = GOOD | {"start_date": "2026-11-02"}
        assert "no_brand" in rules_of(judged(plan(later)))
    finally:
        seed.write_text(before)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("commas.csv", b"Campaign,UTM source,Start\nx,google,2026-10-05\n"),
        ("excel.csv", "\ufeffCampaign;UTM source;Start\r\nx;google;2026-10-05\r\n".encode()),
        ("unicode.txt", "Campaign\tUTM source\tStart\r\nx\tgoogle\t2026-10-05\r\n".encode("utf-16")),
        ("windows.csv", "Campaign,Note,UTM source,Start\nx,für,google,2026-10-05\n".encode("cp1252")),
        ("titled.csv", b"Plan of the quarter\n\nCampaign,utm-source,Start date\nx,google,2026-10-05\n"),
        ("both.csv", b"Plan, as agreed, of Q4\nCampaign;UTM source;Start\nx;google;2026-10-05\n"),
    ],
)
def test_plans_are_read_as_spreadsheets_write_them(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (row,) = plans.read(tmp_path / name).rows
    assert (row["campaign_name"], row["utm_source"], row["start_date"]) == ("x", "google", "2026-10-05")


def test_a_list_of_links_is_a_plan(tmp_path: Path) -> None:
    (tmp_path / "links.txt").write_text(f"{link()}\n\nhttps://acme.example/?a=1,2\n")
    assert [(row.line, row["url"]) for row in plans.read(tmp_path / "links.txt").rows] == [
        (1, link()),
        (3, "https://acme.example/?a=1,2"),
    ]


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"campaign,campaign_name\nx,y\n"])
def test_what_is_no_plan_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.csv").write_bytes(content)
    with pytest.raises(NoPlan, match=r"plan[.]csv"):
        plans.read(tmp_path / "plan.csv")


def test_links_keep_their_own_parameters_and_fragment() -> None:
    built = build("https://acme.example/a b?x=1&utm_source=old#top", {"utm_source": "a&b", "utm_medium": "ü"})
    assert built == "https://acme.example/a%20b?x=1&utm_source=a%26b&utm_medium=%C3%BC#top"
    assert Link(built).value("utm_source") == "a&b"


@contextmanager
def site(answers: dict[str, str | None], hold: Event) -> Iterator[str]:
    """A web site on this machine: where each path redirects to, None for a page; `/slow` waits for `hold`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/slow":
                hold.wait(10)
            query = self.path.partition("?")[2]
            target = answers.get(path, "missing")
            self.send_response(404 if target == "missing" else 302 if target else 200)
            if target:
                self.send_header("Location", target.replace("{query}", query))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        hold.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def web() -> Iterator[str]:
    answers = {
        "/keeps": "/page?{query}", "/drops": "/hop?{query}", "/hop": "/page", "/page": None, "/slow": None,
        "/away": "ftp://acme.example/x", "/loop": "/loop",
    }  # fmt: skip
    with site(answers, Event()) as url:
        yield url


@pytest.mark.slow
def test_redirects_are_followed_to_their_end(web: str) -> None:
    assert follow(f"{web}/keeps?utm_source=x", seconds=5) == f"{web}/page?utm_source=x"
    assert follow(f"{web}/drops?utm_source=x", seconds=5) == f"{web}/page"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "why"), [("/none", "answers 404"), ("/slow", "timed out"), ("/away", "ftp"), ("/loop", "302")]
)
def test_what_can_not_be_followed_says_why(web: str, path: str, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        follow(web + path, seconds=1)


@pytest.mark.slow
def test_links_are_followed_only_when_asked(judged, web: str) -> None:
    def ask(url: str) -> str:
        asked.append(url)
        return follow(url, seconds=5)

    asked: list[str] = []
    rows = plan({"url": f"{web}/drops?utm_source=x"}, {"url": f"{web}/keeps?gclid=1"}, {"url": f"{web}/none"})
    assert "link_redirect" not in rules_of(judged(rows))
    found = {fault.line: fault.wrong for fault in judged(rows, follow=ask).faults if fault.rule == "link_redirect"}
    assert found.keys() == {2, 4}
    assert found[2].endswith("/page lacks utm_source")
    assert found[4].endswith("could not be followed: it answers 404")
    assert len(asked) == 3
