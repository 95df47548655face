"""What is said of one item, for every kind of channel: labels and inert texts, in order."""

from collections.abc import Callable, Iterator

from orchestration.alerts import links
from orchestration.alerts.messages import Item, Message
from orchestration.alerts.rendering import inert

LONGEST_TITLE = 200
MORE = "`.venv/bin/touchstone report`"


def title(message: Message) -> str:
    """One line, whatever it was made of: a newline in a title would be a header of a mail."""
    return inert.cut(inert.line(message.title), LONGEST_TITLE)


def head(item: Item) -> str:
    """`FAILED  marketo/leads: fresh`."""
    return f"{inert.line(item.mark)}  {inert.value(item.title)}"


def fitted(
    message: Message, *, room: int, between: int, block: Callable[[str, str, Item, int], str], most: int | None = None
) -> tuple[list[str], int]:
    """Blocks of items, in order, until `room` characters or `most` items are full, and how many items found no place.

    `block` makes one of the section's heading and of whose it is, both empty where the block before said so, of the
    item, and of the room that is left; `between` characters part it from the next.
    """
    blocks: list[str] = []
    for section in message.sections:
        heading, before = section.heading, None
        for item in section.items:
            made = block(heading, of_whom(item, message, before), item, room)
            if len(blocks) == most or len(made) > room:
                break
            heading, before = "", item
            room -= len(made) + between
            blocks.append(made)
    return blocks, len(message.items) - len(blocks)


def of_whom(item: Item, message: Message, before: Item | None) -> str:
    """`For Marketing Operations (...)`, where a message to all comes to the next owner."""
    is_next = not message.owner and item.owner and (before is None or before.owner != item.owner)
    return f"For {inert.contact(item.owner)}" if is_next else ""


def details(item: Item, message: Message) -> Iterator[tuple[str, str]]:
    """(label, text) of what is told of an item; texts that policy wrote may hold addresses, those of extracts none."""
    if item.found:
        yield "found", inert.value(item.found)
    if item.keeps:
        yield "keeps", inert.value(", ".join(item.keeps))
    if item.since:
        yield "since", item.since
    if item.harm:
        yield "matters", inert.line(item.harm)
    for row in item.rows:
        yield "row", inert.value(row)
    if message.owner and item.owner and not item.owner.startswith(message.owner):
        yield "owner", inert.contact(item.owner)
    if item.remedy:
        yield "do", inert.line(item.remedy)


def reading(item: Item) -> Iterator[tuple[str, str]]:
    """(label, address or file) of where to read on; only our own settings and policy say these."""
    if item.link:
        yield "check", item.link
    if item.runbook:
        yield "runbook", item.runbook if links.is_address(item.runbook) else inert.line(item.runbook)


def more(count: int, message: Message) -> str:
    """What stands for items that found no place."""
    return f"And {count} more; see {message.link or MORE}"
