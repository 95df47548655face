"""What each service is given, to the letter: payloads as the wire has them, beside snapshots that people can read.

`WRITE_SNAPSHOTS=1` in the environment writes them anew.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from orchestration.alerts.messages import Item, Message, Section
from orchestration.alerts.rendering import inert, markdown, page, text
from orchestration.alerts.sending import send
from tests.alerts.receivers import http, smtp

SNAPSHOTS = Path(__file__).with_name("snapshots")
UI = "https://dagster.example.com"
MESSAGE = Message(
    title="Touchstone: Marketing Operations: 1 failed, 1 warned, 1 passed again",
    mood="failed",
    thread="Touchstone: Marketing Operations",
    owner="Marketing Operations",
    run_id="3f0c2f6e",
    link=f"{UI}/runs/3f0c2f6e",
    sections=(
        Section(
            "New",
            (
                Item(
                    "FAILED", "marketo/leads: statuses_known", "12 of 340 unexpected; expected at most 0",
                    harm="Leads in an unknown stage are in no funnel stage.",
                    rows=("status = Nurture, email = a***@e***.com", "status = Ünknown & co, email = b***@e***.com"),
                    remedy="Correct the records, or add the word to seeds/vocabularies.csv.",
                    keeps=("fct_funnel_counts (as of 2026-06-02)",),
                    owner="Marketing Operations <marketing-operations@example.com>",
                    runbook="https://wiki.example.com/runbook(1)",
                    link=f"{UI}/assets/marketo/leads?view=checks&checkDetail=statuses_known",
                ),
                Item("warned", "marketo/leads: fresh", "the last row is 31 h old; at most 26", since="2026-06-01"),
            ),
        ),
        Section("Passed again", (Item("passed", "marketo/leads: has_rows", "row_count is 0", since="2026-05-30"),)),
    ),
)  # fmt: skip
HOSTILE = Item(
    "warned\r\nBcc: evil@example.com",
    "names\r\n\r\n<script>alert(1)</script>",
    "[win](https://evil.example/a?b=c) <!channel> <@U123> <at>all</at> @everyone_ @\u200bhere \x1b[31m ada@example.com",
    harm="**bold** _it_ `code` ~~gone~~ # head | cell",
    rows=("javascript:alert(1) <img src=x onerror=alert(1)>", "\\[x\\](http://evil.example)"),
    remedy="See @channel.\nThen </div><b>more</b>.",
    owner="<b>Ops</b> <ops@example.com>",
)
ATTACK = Message(
    "Touchstone: x\r\nBcc: evil@example.com\r\n\r\n<b>@everyone</b>",
    "warned",
    "x\r\ny",
    (Section("New\r\n<i>", (HOSTILE,)),),
)
FORBIDDEN = (
    "<script", "<img", "<b>more", "<!channel", "<@U123", "<at>", "](https://evil", "https://evil", "http://evil",
    "javascript:", "@everyone", "@here", "@channel", "ada@example.com", "\x1b", "\r\nBcc:", "\nBcc:",
)  # fmt: skip


def same(name: str, shown: str) -> None:
    place = SNAPSHOTS / name
    shown = shown.replace("\r\n", "\n").rstrip("\n") + "\n"
    if os.environ.get("WRITE_SNAPSHOTS"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(shown)
    assert shown == place.read_text()


@contextmanager
def intercepted() -> Iterator[list[tuple[str, Any]]]:
    """(address, JSON) of each request that is made meanwhile; none leaves the machine."""
    sent: list[tuple[str, Any]] = []

    def request(self: requests.Session, method: str, url: str, **given: Any) -> requests.Response:
        sent.append((url, json.loads(given["data"])))
        answer = requests.Response()
        answer.status_code, answer._content = 202 if "pagerduty" in url else 200, b"ok"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "request", request)
        yield sent


SERVICES = {
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "teams": "workflows://prod-1.example.com:443/643e69f83c8944438d68119179a10a64/sigsigsig/",
    "pagerduty": "pagerduty://0123456789abcdef0123456789abcdef@01234567890123456789/?action=map",
}


def payload(service: str, message: Message) -> Any:
    with intercepted() as sent:
        assert send(SERVICES[service], message) == ""
    ((_, told),) = sent
    return told


@pytest.mark.parametrize("service", SERVICES)
def test_a_chat_or_pager_is_given_what_its_snapshot_shows(service: str) -> None:
    told = payload(service, MESSAGE)
    assert told.pop("routing_key", None) == ("0123456789abcdef0123456789abcdef" if service == "pagerduty" else None)
    for attachment in told.get("attachments", ()):
        attachment.pop("ts", None)  # the clock
    same(f"{service}.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def mail(message: Message) -> Any:
    with smtp() as server:
        assert send(server.url, message) == ""
    ((recipients, raw),) = server.received
    assert recipients == ("ada@example.com",)
    return message_from_bytes(raw, policy=policy.default)


def test_a_mail_has_a_plain_part_and_a_page() -> None:
    told = mail(MESSAGE)
    assert told["Subject"] == MESSAGE.title
    plain, html = told.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    same("mail.txt", plain.get_content())
    same("mail.html", html.get_content())
    assert f"{UI}/assets/marketo/leads?view=checks&checkDetail=statuses_known" in plain.get_content()


def test_a_webhook_is_given_json_that_a_program_can_read() -> None:
    with http() as server:
        assert send(server.url, MESSAGE) == ""
    told = json.loads(server.received[0])
    same("webhook.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    assert [(one["status"], one["check"]) for one in told["touchstone"]["findings"]] == [
        ("failed", "marketo/leads: statuses_known"), ("warned", "marketo/leads: fresh"),
        ("passed", "marketo/leads: has_rows"),
    ]  # fmt: skip


def test_plain_text_is_what_its_snapshot_shows() -> None:
    same("text.txt", text.body(MESSAGE, limit=32_000) + "\n")


@pytest.mark.parametrize("service", SERVICES)
def test_hostile_text_is_inert_in_chats_and_pagers(service: str) -> None:
    shown = json.dumps(payload(service, ATTACK), ensure_ascii=False).replace("\\n", "\n").replace("\\r", "\r")
    assert [text for text in FORBIDDEN if text in shown] == []


def test_hostile_text_is_inert_in_a_mail_and_makes_no_header() -> None:
    told = mail(ATTACK)
    assert told["Bcc"] is None
    assert set(told.keys()) == set(mail(MESSAGE).keys())
    for part in told.iter_parts():
        shown = part.get_content()
        assert [text for text in FORBIDDEN if text in shown] == []
    assert re.findall(r"<(?!/?(?:div|h2|h3|h4|p|ul|li|b|a)\b)[^>]*>", shown) == []


def test_hostile_text_is_inert_in_a_webhook() -> None:
    with http() as server:
        assert send(server.url, ATTACK) == ""
    shown = str(json.loads(server.received[0]))
    assert [text for text in FORBIDDEN if text in shown] == []


def test_who_is_called_over_a_sign_that_nobody_sees_is_not_called() -> None:
    assert inert.line("@\u200beveryone @\u2060HERE @ channel") == "@ everyone @ HERE @ channel"
    assert inert.line("a\x00b\u202ec\u2028d\te") == "abc d e"


PIECES = st.sampled_from(
    ["@", "everyone", "HERE", "channel", "](", "<", ">", "http://", "a@b.co", "\u200b", "\r\n", " ", "`"]
)


@given(text=st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
def test_no_text_becomes_a_call_a_tag_or_a_header(text: str) -> None:
    for shown in (inert.line(text), inert.value(text), inert.markdown(inert.value(text)), inert.contact(text)):
        assert not re.search(r"[<>\r\n\x00-\x1f]|\]\(", shown)
        assert not re.search(r"@(everyone|here|channel|all)", shown, re.I)
    assert not re.search(r"\bhttps?://", inert.value(text), re.I)


@pytest.mark.parametrize("limit", [400, 1_000, 2_800])
@pytest.mark.parametrize("render", [markdown.body, text.body, page.body], ids=["markdown", "text", "page"])
def test_a_long_message_is_cut_within_its_limit_and_says_how_many_are_left(render: Any, limit: int) -> None:
    items = tuple(Item("warned", f"marketo/leads: check_{number}", "found " * 30) for number in range(300))
    message = Message("t", "warned", "t", (Section("New", items),), run_id="abc")
    shown = render(message, limit=limit)
    assert len(shown) <= limit
    (left,) = re.findall(r"And (\d+) more; see", shown)
    assert int(left) + len(re.findall(r"check_\d+", shown)) == 300


def test_the_worst_stands_in_what_is_cut() -> None:
    items = (Item("FAILED", "a: b", "x" * 5_000), *(Item("warned", f"c: d{number}") for number in range(200)))
    for render in (markdown.body, text.body):
        assert "a: b" in render(Message("t", "failed", "t", (Section("New", items),)), limit=1_000)


def test_a_recovery_closes_the_incident_that_a_failure_opened() -> None:
    failed = payload("pagerduty", MESSAGE)
    cured = payload("pagerduty", Message("Touchstone: all well", "recovered", MESSAGE.thread))
    assert (failed["event_action"], cured["event_action"]) == ("trigger", "resolve")
    assert failed["dedup_key"] == cured["dedup_key"]
    assert failed["payload"]["severity"] == "critical"
    assert len(failed["payload"]["summary"]) <= 1024
