"""Links: what they carry, and how they are built."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from orchestration.seeds import values as seed_values

UTM_FIELDS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
# Without which nobody knows where a visit came from.
NEEDED = UTM_FIELDS[:3]


@dataclass(frozen=True)
class Link:
    """A URL as somebody wrote it."""

    url: str

    @cached_property
    def host(self) -> str:
        """Its host in lower case without `www.`, as the marts have it; '' when it has none."""
        try:
            return (urlsplit(self.url.strip()).hostname or "").removeprefix("www.")
        except ValueError:
            return ""

    @property
    def page(self) -> str:
        """Where it leads, without parameters: two spellings of one page are equal."""
        path = self.url.strip().split("#")[0].split("?")[0].partition("://")[2].partition("/")[2]
        return f"{self.host}/{path.rstrip('/')}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters in their order, decoded once; those behind `#` are none that a server sees."""
        query = self.url.strip().split("#")[0].partition("?")[2]
        return _pairs(query)

    @property
    def hidden_pairs(self) -> list[tuple[str, str]]:
        """Parameters that stand behind `#`."""
        fragment = self.url.partition("#")[2]
        return _pairs(fragment.partition("?")[2] or fragment)

    @property
    def utm_names(self) -> list[str]:
        """Names of its parameters that are, or should be, UTMs, as written."""
        return [name for name, _ in self.pairs if name.lower().startswith("utm")]

    @property
    def repeated(self) -> list[str]:
        """Names of parameters that stand more than once."""
        counted = Counter(name.lower() for name, _ in self.pairs)
        return sorted(name for name, count in counted.items() if count > 1)

    def value(self, name: str) -> str:
        """The first value of a parameter, whatever the case of its name, as the marts read it; '' when none."""
        return next((value.strip() for key, value in self.pairs if key.lower() == name), "")

    @property
    def is_bare(self) -> bool:
        """Whether it carries no parameter at all, as a shortener's do."""
        return not self.pairs and not self.hidden_pairs

    def lost_in(self, final: "Link") -> list[str]:
        """UTMs and ad platforms' click ids that `final`, where a redirect leads, does not carry as this link does."""
        handed_on = (*UTM_FIELDS, *_click_ids())
        return [name for name in handed_on if self.value(name) and final.value(name) != self.value(name)]


def build(page: str, values: Mapping[str, str]) -> str:
    """A link to `page` that carries `values` and what else the page's own query held, before any fragment."""
    parts = urlsplit(page.strip())
    kept = [(name, value) for name, value in _pairs(parts.query) if name.lower() not in UTM_FIELDS]
    added = [(name, values[name]) for name in UTM_FIELDS if values.get(name)]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in (*kept, *added))
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, parts.netloc, path, query, parts.fragment))


@cache
def _click_ids() -> tuple[str, ...]:
    return tuple(name for (name,) in seed_values("click_ids", "click_id_type"))


def _pairs(query: str) -> list[tuple[str, str]]:
    split = (part.partition("=") for part in query.split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in split]
