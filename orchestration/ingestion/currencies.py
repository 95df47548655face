"""The currency that an amount bears, as DuckDB SQL of its text."""

from orchestration.ingestion.ledger import literal

# The signs of one currency each, the longer ones first; `$` alone is whichever the company reckons in.
SIGNS = {
    **{"CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "US$": "USD", "NT$": "TWD", "MX$": "MXN", "CN¥": "CNY"},
    **{"R$": "BRL", "A$": "AUD", "C$": "CAD", "S$": "SGD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS"},
    **{"₺": "TRY", "₽": "RUB", "₴": "UAH", "₫": "VND", "฿": "THB", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Fr.": "CHF"},
}
# Crowns of four countries, yen and yuan, and what else has a sign.
VAGUE_SIGN = r"(?i)(^|[^a-z])kr[.]?([^a-z]|$)|[^\P{Sc}$]"


def currency_in(text: str) -> str:
    """The code of the currency that an amount is written with, null where it bears none."""
    code = f"nullif(regexp_extract({text}, '[A-Z]{{3}}'), '')"
    signs = " ".join(f"when contains({text}, {literal(sign)}) then {literal(of)}" for sign, of in SIGNS.items())
    return f"case when try_cast({text} as double) is null then coalesce({code}, case {signs} end) end"


def has_vague_sign(text: str) -> str:
    """Whether an amount bears a sign that several currencies share, other than the dollar's of the company's own."""
    vague = f"regexp_matches({text}, {literal(VAGUE_SIGN)})"
    return f"(try_cast({text} as double) is null and {currency_in(text)} is null and {vague})"
