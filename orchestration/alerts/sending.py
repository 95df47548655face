"""Messages to channels: all at once, each within a bounded time, and why one was not reached, without its secrets."""

import logging
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestration.alerts.messages import Message
from orchestration.alerts.rendering.service import WEBHOOKS, form, schemes_of

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

# All channels together take no longer. Apprise waits 4 s for an answer, and for as long as one trickles in.
SECONDS = 20.0
# What Apprise may have said, and how that is told. It names hosts, accounts and addresses, which may be secrets.
_STATUS = re.compile(r"\berror=(\d{3})\b")
_SAID = (
    (re.compile(r"timed? ?out", re.I), "it did not answer in time"),
    (re.compile(r"refused", re.I), "it refused the connection"),
    (re.compile(r"resolve|name or service|getaddrinfo|nodename", re.I), "its host has no address"),
    (re.compile(r"certificate|ssl", re.I), "its certificate was not accepted"),
    (re.compile(r"authenticat|\b535\b", re.I), "it did not accept the user or password"),
    (re.compile(r"recipient", re.I), "it did not accept the recipients"),
    (re.compile(r"connection|socket", re.I), "it could not be reached"),
)
_UNKNOWN = "it did not accept the message"
NOT_ONE = "is no Apprise URL that this version knows"


@dataclass(frozen=True)
class Sent:
    """How sending one message ended; `because` is empty where it arrived."""

    id: int
    because: str = ""


def is_url(url: str) -> bool:
    """Whether Apprise knows where that is."""
    return _service(url) is not None


def remedy_of(url: str) -> str:
    """How to write a URL that is none, without telling it."""
    if url.startswith("msteams://"):
        return "Teams takes messages from a workflow: write it as workflows://..., as docs/alerts.md says"
    return "write it as slack://..., workflows://..., mailto://..., pagerduty://... or json://..."


def deliver(
    waiting: Mapping[str, tuple[str, Sequence[tuple[int, Message]]]],
    told: Callable[[Sent], None],
    *,
    seconds: float = SECONDS,
) -> None:
    """Send what waits of each channel, (URL, its messages in order), side by side, and tell how each message ended.

    A channel that fails once is left alone for this time. What has not ended after `seconds` counts as not delivered,
    though a slow receiver may still have taken it: told at least once.
    """
    results: queue.Queue[Sent | None] = queue.Queue()
    # The threads end with the process; an executor's would make it wait for the slowest receiver.
    for url, messages in waiting.values():
        threading.Thread(target=_channel, args=(url, messages, results), daemon=True).start()
    left = {id for _, messages in waiting.values() for id, _ in messages}
    ends, working = time.monotonic() + seconds, len(waiting)
    while working:
        try:
            sent = results.get(timeout=max(ends - time.monotonic(), 0))
        except queue.Empty:
            break
        if sent is None:
            working -= 1
        else:
            left.discard(sent.id)
            told(sent)
    for id in sorted(left):
        told(Sent(id, f"it did not end within {seconds:.0f} s"))


def _channel(url: str, messages: Sequence[tuple[int, Message]], results: "queue.Queue[Sent | None]") -> None:
    because = ""
    for id, message in messages:
        # What waits behind a message that failed would fail as well, or arrive before it.
        because = because or send(url, message)
        results.put(Sent(id, because))
    results.put(None)


def send(url: str, message: Message) -> str:
    """Send one message; returns why it did not arrive, empty where it did."""
    import apprise

    service = _service(url)
    if service is None:
        return f"it {NOT_ONE}"
    try:
        shown = form(message, service)
        if schemes_of(service) & WEBHOOKS:
            service.payload_extras = {**service.payload_extras, **shown.extras}
        channel = apprise.Apprise()
        channel.add(service)
        result = channel.notify(
            shown.body,
            title=shown.title,
            notify_type=apprise.NotifyType(shown.kind),
            body_format=shown.body_format,
            log_level=logging.DEBUG,
        )
    except Exception as error:  # noqa: BLE001 - each service fails its own way, and its text may hold secrets
        return f"{_UNKNOWN} ({type(error).__name__})"
    return "" if result else _reason([str(entry.message) for entry in result.logs()])


def _reason(said: Sequence[str]) -> str:
    text = "\n".join(said)
    status = _STATUS.search(text)
    if status:
        return f"it answered {status[1]}"
    return next((told for pattern, told in _SAID if pattern.search(text)), _UNKNOWN)


def _service(url: str) -> "NotifyBase | None":
    import apprise

    # Its log names hosts and parts of URLs: what it holds is for us alone, down to what the network said.
    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.DEBUG)
    if not any(isinstance(handler, logging.NullHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())
    try:
        # Its own pictures would be fetched from elsewhere by whoever reads the message.
        asset = apprise.AppriseAsset(app_id="Touchstone", app_desc="Touchstone", image_url_mask="", image_url_logo="")
        return apprise.Apprise.instantiate(url, asset=asset)
    except (TypeError, ValueError):  # of bytes that no URL holds
        return None
