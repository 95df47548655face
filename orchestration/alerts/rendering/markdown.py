"""Short Markdown for chats: Slack, Teams, Discord, Mattermost and their like."""

from orchestration.alerts import links
from orchestration.alerts.messages import Item, Message
from orchestration.alerts.rendering import inert, lines

# Of each text; a chat shows what to look at, the UI the rest.
LONGEST = 280
# More than this nobody reads in a chat, and services cut or refuse it.
MOST = 2_800


def body(message: Message, *, limit: int) -> str:
    """Items until `limit` characters are full, the worst first, then how many more there are."""
    limit = min(limit, MOST)
    blocks = [inert.markdown(inert.cut(inert.value(note), LONGEST)) for note in message.notes]
    tail = _tail(message)

    def made(heading: str, whose: str, item: Item, room: int) -> str:
        above = f"**{inert.markdown(inert.line(heading))}**\n\n" if heading else ""
        above += f"{inert.markdown(whose)}\n\n" if whose else ""
        whole = above + _item(item, message)
        return whole if len(whole) <= room else above + _head(item)

    room = limit - len(tail) - 160 - sum(len(block) + 2 for block in blocks)
    shown, left = lines.fitted(message, room=room, between=2, block=made)
    blocks += shown
    if left:
        blocks.append(f"And {left} more; see {f'[the run]({message.link})' if message.link else lines.MORE}")
    return inert.cut("\n\n".join([*blocks, tail]).rstrip(), limit)


def _tail(message: Message) -> str:
    if not message.run_id:
        return ""
    return f"[Run {message.run_id}]({message.link})" if message.link else f"Run {message.run_id}"


def _head(item: Item) -> str:
    return f"**{inert.markdown(inert.line(item.mark))}** {inert.markdown(inert.cut(inert.value(item.title), LONGEST))}"


def _item(item: Item, message: Message) -> str:
    told = [f"- {label}: {inert.markdown(inert.cut(text, LONGEST))}" for label, text in lines.details(item, message)]
    # Parentheses would end the address of a link.
    told += [
        f"- [{label}]({target.replace('(', '%28').replace(')', '%29')})"
        if links.is_address(target)
        else f"- {label}: {target}"
        for label, target in lines.reading(item)
    ]
    return "\n".join([_head(item), *told])
