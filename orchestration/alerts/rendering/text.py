"""Plain text, for whatever knows no markup; what a program reads of a webhook beside it."""

from collections.abc import Iterator
from typing import Any

from orchestration.alerts.messages import Item, Message
from orchestration.alerts.rendering import inert, lines

SHOWN = 25
# A telephone shows few lines: the services for it get one for each item.
BRIEF = 1_100


def body(message: Message, *, limit: int) -> str:
    """All of it grouped by reason and owner, within `limit` characters; one line an item where that is little."""
    tail = f"Run {message.run_id}" if message.run_id else ""
    blocks = [*(f"{inert.value(note)}\n" for note in message.notes)]
    is_brief = limit <= BRIEF

    def made(heading: str, whose: str, item: Item, _: int) -> str:
        above = inert.line(heading) + ("\n" if is_brief else "\n\n") if heading else ""
        if is_brief:
            return above + _brief(item)
        return above + (f"{whose}\n\n" if whose else "") + "\n".join(_long(item, message)) + "\n"

    room = limit - len(tail) - 120 - sum(len(block) + 1 for block in blocks)
    shown, left = lines.fitted(message, room=room, between=1, block=made, most=SHOWN)
    return inert.cut("\n".join([*blocks, *shown, *([lines.more(left, message)] if left else []), tail]).rstrip(), limit)


def data(message: Message) -> dict[str, Any]:
    """The message for a program: the same inert texts under stable names."""
    return {
        "schema": 1,
        "title": lines.title(message),
        "mood": message.mood,
        "owner": inert.line(message.owner),
        "run_id": message.run_id,
        "run_url": message.link,
        "notes": [inert.value(note) for note in message.notes],
        "findings": [
            {"reason": inert.line(section.heading), **_item(item)}
            for section in message.sections
            for item in section.items
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "status": inert.line(item.mark).lower(),
        "check": inert.value(item.title),
        "found": inert.value(item.found),
        "since": item.since,
        "owner": inert.contact(item.owner),
        "matters": inert.line(item.harm),
        "rows": [inert.value(row) for row in item.rows],
        "keeps_back": [inert.value(mart) for mart in item.keeps],
        "remedy": inert.line(item.remedy),
        "runbook": dict(lines.reading(item)).get("runbook", ""),
        "check_url": item.link,
    }


def _brief(item: Item) -> str:
    return inert.cut(f"{lines.head(item)}: {inert.value(item.found)}" if item.found else lines.head(item), 240)


def _long(item: Item, message: Message) -> Iterator[str]:
    yield lines.head(item)
    for label, text in (*lines.details(item, message), *lines.reading(item)):
        yield f"  {f'{label}:':<9}{text}"
