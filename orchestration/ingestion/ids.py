"""Ids as their systems write them, whatever a platform or a spreadsheet made of them, as DuckDB SQL of a text."""

from orchestration.ingestion.ledger import literal
from orchestration.ingestion.numbers import whole_number

# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm (ID field)
CHECKSUM_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# What a spreadsheet makes of a long number, 1.20364E+17, and Java, 1.20364E17.
ROUNDED = r"-?[0-9]+([.,][0-9]+)?[eE][+][0-9]+|-?[0-9][.,][0-9]+[eE][0-9]{2}"
# Ids of advertising platforms: urn:li:sponsoredCampaign:123, also as a list of one, customers/123/campaigns/456,
# act_123 and 123-456-7890.
NAMED_NUMBER = r'^(?:\["(urn:[A-Za-z0-9:]*:)|urn:[A-Za-z0-9:]*:|act_|([A-Za-z]+/([0-9]+/)?)+)([0-9]+)(?:"\])?$'
DASHED_NUMBER = r"[0-9]{3}-[0-9]{3}-[0-9]{4}"
# Google's cookie writes its version and the depth of the domain before the client id: GA1.2.111.222.
COOKIE_PREFIX = r"^GA[0-9]+[.][0-9]+(-[0-9]+)?[.]"
# A template that nobody filled in: {{client_id}}, %%id%%, [[id]], ${id}, <id>.
TEMPLATE = r"^(\{\{|%%|\[\[|\$\{|<).*(\}|%|\]|>)$"
# An id of a client or a record has a digit and no blank; one of few digits, or of Google's session cookie, is none.
NAMES_ONE = r"[^ \t{}\[\]<>%$()]*[0-9][^ \t{}\[\]<>%$()]*"
NO_CLIENT = r"-?[0-9]{1,4}|GS[0-9].*|GA[0-9][.][0-9]+[.]?"
# Behind the prefix of its object a Salesforce id of nothing has zeros or the letters of a mask.
NO_RECORD = r"^[0-9A-Za-z]{3}(0{12}|[Xx]{12}|$)"

# The page of a record: https://<org>.lightning.force.com/lightning/r/Opportunity/006.../view, of HubSpot
# https://app.hubspot.com/contacts/<portal>/record/0-3/<id>, or /deal/<id>.
PAGES = (
    r"[/=]([0-9a][0-9A-Za-z]{14}([0-9A-Za-z]{3})?)([/?&#]|$)",
    r"/(?:record/[0-9]+-[0-9]+|deal|company|contact)/([0-9]+)([/?&#]|$)",
)
SEVERAL = "[0-9A-Za-z]{8,18}( *[;,] *[0-9A-Za-z]{8,18})+"


def client_id(text: str, trimmed: str) -> tuple[str, str]:
    """(SQL of the id of a web client, what one that is none is not)."""
    client = f"regexp_replace({trimmed}, {literal(COOKIE_PREFIX)}, '')"
    is_one = f"regexp_full_match({client}, {literal(NAMES_ONE)})"
    is_none = f"regexp_full_match({client}, {literal(NO_CLIENT)})"
    value = f"case when {is_one} and not {is_none} and not ({_is_rounded(text, trimmed)}) then {client} end"
    return value, "a client id: a word, a template that nobody filled in, or rounded by a spreadsheet"


def record_id(kind: str, text: str, trimmed: str, urn: str | None) -> tuple[str, str]:
    """An id as its system writes it, whatever a platform or a spreadsheet made of it; what lost digits is none."""
    is_rounded = _is_rounded(text, trimmed)
    if kind != "bigint":
        # pandas turns a column of whole numbers with a gap into 123.0.
        is_float = f"ends_with({text}, '.0') and regexp_full_match({text}, '[0-9]+[.]0')"
        is_template = f"({begins_with('{%[$<', text)}) and regexp_matches({text}, {literal(TEMPLATE)})"
        is_lost = f"{is_rounded} or ({is_template})"
        value = f"case when {is_lost} then null when {is_float} then left({text}, -2) else {trimmed} end"
        return value, "an id: a spreadsheet rounded its digits, or nobody filled in its template"
    is_named = f"contains({text}, ':') or contains({text}, '/') or starts_with({text}, 'act_')"
    named = f"try_cast(nullif(regexp_extract({trimmed}, {literal(NAMED_NUMBER)}, 4), '') as bigint)"
    what = "an id of digits; a spreadsheet that shows it as 1.2E+17 has lost some"
    if urn:
        named = f"case when regexp_matches({trimmed}, '(^|[^A-Za-z]){urn}:[0-9]+') then {named} end"
        what = f"the id of a {urn}, so the row is of something else; or a spreadsheet shows it as 1.2E+17"
    is_dashed = f"contains({text}, '-') and regexp_full_match({trimmed}, {literal(DASHED_NUMBER)})"
    return (
        f"case when {is_rounded} then null when {is_named} then {named} "
        f"when {is_dashed} then replace({trimmed}, '-', '')::bigint else {whole_number(text)} end"
    ), what


def begins_with(signs: str, text: str) -> str:
    """Whether a text begins with one of `signs`."""
    # Comparisons of whole texts cost a quarter of looking at their first letter.
    ranges = (f"{text} >= {literal(sign)} and {text} < {literal(chr(ord(sign) + 1))}" for sign in signs)
    return " or ".join(ranges)


def unguarded(text: str) -> str:
    """A text without what tells a spreadsheet to take it for one."""
    return f"trim(ltrim({text}, '=''\"'), '\"')"


def _is_rounded(text: str, trimmed: str) -> str:
    may_be = " or ".join(f"contains({text}, '{sign}')" for sign in "+.,")
    return f"({may_be}) and regexp_full_match({trimmed}, {literal(ROUNDED)})"


def bare_id(text: str) -> str:
    """The text of a CRM's id: out of its page's address, without what pandas adds, several parted by semicolons."""
    named = ", ".join(f"nullif(regexp_extract({text}, {literal(page)}, 1), '')" for page in PAGES)
    return (
        f"case when contains({text}, '/') then coalesce({named}, {text}) "
        f"when ends_with({text}, '.0') and regexp_full_match({text}, '[0-9]+[.]0') then left({text}, -2) "
        f"when (contains({text}, ';') or contains({text}, ',')) "
        f"and regexp_full_match(trim({text}), {literal(SEVERAL)}) "
        f"then regexp_replace(trim({text}), ' *[;,] *', ';', 'g') "
        f"else {text} end"
    )


def salesforce_id(text: str) -> str:
    """15 characters with their checksum, 18 when the checksum holds, any other shape as it is."""
    # Few ids look like one of nothing; a pattern costs more than the rest.
    is_masked = f"substr({text}, 4, 1) in ('X', 'x')"
    may_be_none = f"strlen({text}) = 3 or substr({text}, 4, 12) = '{'0' * 12}' or {is_masked}"
    checked = f"left({text}, 15) || {' || '.join(_checksum_letter(text, third) for third in range(3))}"
    return (
        f"case when ({may_be_none}) and regexp_matches({text}, {literal(NO_RECORD)}) then null "
        f"when strlen({text}) = 18 and {checked} = {text} then {text} "
        f"when {_is_rounded(text, text)} or not regexp_full_match({text}, {literal(NAMES_ONE)}) then null "
        f"when strlen({text}) not in (15, 18) or not regexp_full_match({text}, '[0-9A-Za-z]+') then {text} "
        f"when strlen({text}) = 15 then {checked} end"
    )


def _checksum_letter(text: str, third: int) -> str:
    """One letter per five characters: bit n is set when character n is a capital."""
    bits = " + ".join(
        f"case when {text}[{third * 5 + bit + 1}] between 'A' and 'Z' then {2**bit} else 0 end" for bit in range(5)
    )
    return f"{literal(CHECKSUM_LETTERS)}[1 + {bits}]"
