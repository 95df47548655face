"""HTML for mail. The mail's plain part is made of it, so every address is also its link's text."""

from collections.abc import Iterator

from orchestration.alerts import links
from orchestration.alerts.messages import Item, Message
from orchestration.alerts.rendering import inert, lines

SHOWN = 50
STYLE = "font-family:sans-serif;font-size:14px;line-height:1.4"
COLOURS = {"failed": "#b00020", "warned": "#8a5a00"}


def body(message: Message, *, limit: int) -> str:
    """The whole page, of at most `limit` characters: items that would not fit are counted."""
    head = [f'<div style="{STYLE}">', f"<h2>{inert.html(lines.title(message))}</h2>"]
    head += [f"<p>{inert.html(inert.value(note))}</p>" for note in message.notes]
    tail = [*_tail(message), "</div>"]

    def made(heading: str, whose: str, item: Item, _: int) -> str:
        above = f"<h3>{inert.html(inert.line(heading))}</h3>" if heading else ""
        above += f"<h4>{inert.html(whose)}</h4>" if whose else ""
        return above + "".join(_item(item, message))

    room = limit - 300 - sum(map(len, (*head, *tail)))
    middle, left = lines.fitted(message, room=room, between=1, block=made, most=SHOWN)
    if left:
        middle.append(f"<p>{inert.html(lines.more(left, message).replace('`', ''))}</p>")
    return "\n".join([*head, *middle, *tail])


def _tail(message: Message) -> Iterator[str]:
    if message.run_id:
        yield f"<p>Run {inert.html(message.run_id)}</p>"
    if message.link:
        yield f"<p>{_link(message.link)}</p>"


def _item(item: Item, message: Message) -> Iterator[str]:
    colour = COLOURS.get(item.mark.split(",")[0].lower(), "#1b5e20")
    mark, title = inert.html(inert.line(item.mark)), inert.html(inert.value(item.title))
    yield f'<p><b style="color:{colour}">{mark}</b> <b>{title}</b></p><ul>'
    for label, text in lines.details(item, message):
        yield f"<li>{label}: {inert.html(text)}</li>"
    for label, target in lines.reading(item):
        yield f"<li>{label}: {_link(target) if links.is_address(target) else inert.html(target)}</li>"
    yield "</ul>"


def _link(address: str) -> str:
    shown = inert.html(address)
    return f'<a href="{shown}">{shown}</a>'
