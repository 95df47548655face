"""Text of checks and extracts that no channel reads as a tag, a link, a call to everyone or a header."""

import html as markup
import re
import unicodedata

from orchestration.quality.display import mask

_CALL = re.compile(r"@\s*(?=(?:everyone|here|channel|all|team))", re.I)
_SCHEME = re.compile(r"\b(http)(s?)://|\b(javascript|data|vbscript):", re.I)
# What Markdown reads as markup, as signs that look alike.
_MARKDOWN = str.maketrans({"*": "\u2217", "`": "'", "[": "(", "]": ")", "\\": "\u2216", "~": "\u223c", "|": "\u00a6"})


def line(text: str) -> str:
    """One line that names no one and holds no tag: what a title, too, may be made of."""
    return contact(mask(text))


def contact(text: str) -> str:
    """A `line` of what policy wrote to be read by all, as where an owner is reached: addresses stay."""
    shown = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    shown = " ".join(shown.split()).replace("<", "(").replace(">", ")").replace("](", "] (")
    return _CALL.sub("@ ", shown)


def value(text: str) -> str:
    """`line` of what may come from an extract: it also links nowhere."""
    return _SCHEME.sub(lambda found: f"hxxp{found[2]}://" if found[1] else f"{found[3]}_", line(text))


def markdown(text: str) -> str:
    """A `line` or `value` as Markdown shows it, whichever dialect."""
    return text.translate(_MARKDOWN)


def html(text: str) -> str:
    """A `line` or `value` as HTML shows it, also inside an attribute."""
    return markup.escape(text)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= longest else text[: max(longest - 1, 0)].rstrip() + "…"
