"""Which form a service is given: Markdown to chats, HTML to mail, one line an item to pagers, text to all others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.alerts.messages import Message
from orchestration.alerts.rendering import lines, markdown, page, text

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

CHATS = {
    "slack",
    "workflow",
    "workflows",
    "discord",
    "mmost",
    "mmosts",
    "rocket",
    "rockets",
    "gchat",
    "ryver",
    "wxteams",
}
MAILS = {"mailto", "mailtos"}
PAGERS = {"pagerduty", "opsgenie", "splunk", "victorops"}
WEBHOOKS = {"json", "jsons"}
MOODS = {"failed": "failure", "warned": "warning", "recovered": "success", "said": "info"}


@dataclass(frozen=True)
class Form:
    """What Apprise is given: `kind` is its word for how bad it is, `extras` are fields of a webhook's JSON."""

    title: str
    body: str
    body_format: str
    kind: str
    extras: dict[str, Any]


def form(message: Message, service: "NotifyBase") -> Form:
    """The message as one service shows it, within its limits."""
    schemes = schemes_of(service)
    render, body_format = _renderer(schemes)
    title = f"{lines.title(message)}"
    limit = service.body_maxlen
    if schemes & PAGERS:
        # The first line names the incident, and what closes it must begin with the same.
        first = lines.title(Message(message.thread, message.mood, message.thread))
        body = f"{title}\n{text.body(message, limit=min(limit, text.BRIEF) - len(title) - len(first) - 40)}"
        return Form(first, body, body_format, MOODS[message.mood], {})
    extras = {"touchstone": text.data(message)} if schemes & WEBHOOKS else {}
    return Form(title, render(message, limit=limit), body_format, MOODS[message.mood], extras)


def schemes_of(service: "NotifyBase") -> set[str]:
    """What the URLs of a service begin with."""
    found: set[str] = set()
    for told in (service.protocol, service.secure_protocol):
        found.update([told] if isinstance(told, str) else told or ())
    return found


def _renderer(schemes: set[str]) -> tuple[Callable[..., str], str]:
    if schemes & CHATS:
        return markdown.body, "markdown"
    return (page.body, "html") if schemes & MAILS else (text.body, "text")
