"""One delivered file made readable: fetched, unpacked, in UTF-8, with the facts that a reader needs.

Every file is read once here, in blocks, for its hash; the rest is counted on the way.
"""

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from orchestration.contracts import Contract
from orchestration.ingestion.files import DECLARATION, LandingFile
from orchestration.ingestion.headers import Rejected
from orchestration.ingestion.packing import BLOCK, packed_by, refuse_foreign, refuse_markup, unpack

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
HEAD = 1 << 18
LATIN_1 = "iso8859-1"
# Windows-1252 is what is written where ISO-8859-1 is said; they differ in control characters only.
WINDOWS_1252 = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xA0)}
# What no text in Windows-1252 holds, and other encodings read as it show: bytes that it does not define, signs within
# a word, four letters in a row of which none is plain, a capital that no word of small letters has. Of the words around
# so many letters are looked at and shown: without a limit a long one would be gone through from each of its letters.
SIGNS = "\xa1-\xa7\xab\xac\xb1\xb3\xb6\xb8\xb9\xbb-\xbf\xd7\xf7\u201a\u201c-\u201e\u2020-\u2022\u2030\u2039\u203a\u02dc"
FOREIGN = re.compile(
    rf"\w{{0,20}}[\x80-\x9f]\w{{0,20}}|[^\W\d_]{{1,20}}[{SIGNS}][^\W\d_]{{1,20}}|[^\W\d_a-zA-Z]{{4,20}}"
    r"|\xa3[a-z\xe0-\xff]{2,20}|[a-z]\u0178\w{0,20}|\u0178[a-z]\w{0,20}"
)
GLOB_CHARACTERS = frozenset("*?[]{}")
PACKED_ENDINGS = frozenset({".gz", ".zst"})


class Changing(Exception):
    """The file changed while it was read; it waits for the next run."""


@dataclass(frozen=True)
class Extract:
    """A readable copy of a file, `byte_count` bytes long.

    `lines` counts its lines without the empty ones at the end; it says nothing of Parquet. `packing` is what it was
    packed by, "gzip" or "ZIP".
    `is_damaged` tells that bytes were not text in the encoding; they stand as U+FFFD.
    """

    file: LandingFile
    local: Path
    content_hash: str
    format: Literal["text", "parquet"]
    encoding: str | None
    byte_count: int
    lines: int
    has_quotes: bool
    has_nul: bool
    is_damaged: bool
    head: str
    packing: str | None = None


def open_extract(
    file: LandingFile, *, contract: Contract, filesystem: "AbstractFileSystem | None", scratch: Path, number: int
) -> Extract:
    """Fetch and look through one file; copies go to `scratch`, named by `number`.

    Raises Changing when the file is still being written, Rejected when it is broken as a whole.
    """
    local = _fetch(file, filesystem=filesystem, scratch=scratch, number=number)
    content = hashlib.sha256()
    tally = _Tally()
    with local.open("rb") as source:
        packing = packed_by(source)
        plain = scratch / f"{number}.plain" if packing else local
        blocks = unpack(local, plain, packing) if packing else _blocks(source)
        for block in blocks:
            content.update(block)
            tally.add(block)
    if filesystem is None:
        _check_unchanged(file)
    if tally.first[:4] == b"PAR1":
        kind, encoding, head = "parquet", None, ""
    else:
        refuse_foreign(tally.first)
        encoding = _encoding(contract, tally)
        if tally.invalid or encoding not in ("utf-8", "utf-8-sig"):
            plain, tally = _transcode(plain, scratch / f"{number}.utf8", encoding)
        if encoding == LATIN_1 and not contract.encoding:
            _refuse_mojibake(tally)
        kind, head = "text", _head(plain)
        refuse_markup(head)
    return Extract(
        file=file,
        local=_plainly_named(plain, scratch, number),
        content_hash=content.hexdigest(),
        format=kind,
        encoding=encoding,
        byte_count=tally.byte_count,
        lines=tally.records_at_most,
        has_quotes=tally.quotes,
        has_nul=tally.nul,
        is_damaged=tally.invalid,
        head=head,
        packing=packing,
    )


class _Tally:
    """What the blocks of a file tell: lines, quotes, NULs, and whether they are UTF-8."""

    def __init__(self) -> None:
        self.first = b""
        self.byte_count = 0
        self.is_blank = True
        self.lines = 0
        self.quotes = False
        self.nul = False
        self.invalid = False
        self.good = 0
        self.bad = 0
        self.is_ascii = True
        self.foreign = ""  # what no text in Windows-1252 holds
        self._last = b""
        self._trailing = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def add(self, block: bytes) -> None:
        if not self.first:
            self.first = block[:4096]
        self.byte_count += len(block)
        self.lines += block.count(b"\n")
        self.quotes = self.quotes or b'"' in block
        self.nul = self.nul or b"\0" in block
        kept = block.rstrip(b"\r\n")
        self.is_blank = self.is_blank and not kept
        # Empty lines at the end of a file are no records.
        self._trailing = block[len(kept) :].count(b"\n") + (self._trailing if not kept else 0)
        self._last = block[-1:]
        if self.is_ascii and block.isascii():
            return
        self.is_ascii = False
        if not self.invalid:
            try:
                self._decoder.decode(block)
                return
            except UnicodeDecodeError:
                self.invalid = True
        text = block.decode("utf-8", errors="replace")
        wrong = text.count("\ufffd") - block.count("\ufffd".encode())
        self.bad += wrong
        self.good += len(text) - len(text.encode("ascii", errors="ignore")) - wrong

    def close(self) -> "_Tally":
        if not self.is_ascii and not self.invalid:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.invalid, self.bad = True, self.bad + 1
        return self

    @property
    def records_at_most(self) -> int:
        """Lines without the empty ones at the end."""
        if self.is_blank:
            return 0
        return self.lines - max(0, self._trailing - 1) if self._last in b"\r\n" else self.lines + 1


def _fetch(file: LandingFile, *, filesystem: "AbstractFileSystem | None", scratch: Path, number: int) -> Path:
    if filesystem is None:
        return Path(file.address)
    local = scratch / f"{number}.fetched"
    filesystem.get_file(file.address, str(local))
    if local.stat().st_size != file.byte_count:
        raise Changing(file.path)
    return local


def _check_unchanged(file: LandingFile) -> None:
    facts = os.stat(file.address)
    if facts.st_size != file.byte_count:
        raise Changing(file.path)


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block


def _encoding(contract: Contract, tally: _Tally) -> str:
    tally.close()
    for bom, encoding in BOMS.items():
        if tally.first.startswith(bom):
            return encoding
    if contract.encoding:
        return codecs.lookup(contract.encoding).name
    odd, even = tally.first[1:1024:2], tally.first[0:1024:2]
    if len(odd) > 1 and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.3 * len(even):
        return "utf-16-le"
    if len(odd) > 1 and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.3 * len(odd):
        return "utf-16-be"
    # Much good UTF-8 with a few bad bytes is damaged UTF-8; read as Latin-1, all of it would turn to mojibake.
    return LATIN_1 if tally.bad > tally.good else "utf-8"


def _refuse_mojibake(tally: _Tally) -> None:
    """Raise Rejected when a file that is no UTF-8 is no Windows-1252 either, as its letters show."""
    if tally.foreign:
        raise Rejected(
            f"it is neither UTF-8 nor Windows-1252, in which its text would read {tally.foreign!r}; export it as UTF-8 "
            f"(Excel: CSV UTF-8), or declare its `encoding` (as cp1250, cp850, shift_jis) in {DECLARATION} beside it"
        )


def _transcode(plain: Path, copy: Path, encoding: str) -> tuple[Path, _Tally]:
    """A UTF-8 copy and its tally, `invalid` when bytes had to be replaced."""
    try:
        return copy, _copy_decoded(plain, copy, encoding, errors="strict")
    except UnicodeDecodeError:
        tally = _copy_decoded(plain, copy, encoding, errors="replace")
        tally.invalid = True
        return copy, tally


def _copy_decoded(plain: Path, copy: Path, encoding: str, *, errors: str) -> _Tally:
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    tally = _Tally()
    with plain.open("rb") as source, copy.open("wb") as target:
        block = b"-"
        while block:
            block = source.read(BLOCK)
            text = decoder.decode(block, final=not block)
            foreign = ""
            if encoding == LATIN_1:
                text = text.translate(WINDOWS_1252)
                found = FOREIGN.search(text)
                foreign = found[0] if found else ""
            written = text.encode("utf-8", errors="replace")
            target.write(written)
            if written:
                tally.add(written)
            tally.foreign = tally.foreign or foreign
    return tally.close()


def _plainly_named(plain: Path, scratch: Path, number: int) -> Path:
    # DuckDB takes brackets in a name for a pattern, and its ending for the packing, which the content has told.
    # One that is no UTF-8 it does not take at all.
    name = str(plain)
    is_utf8 = name.isascii() or name == os.fsencode(name).decode(errors="replace")
    if is_utf8 and not GLOB_CHARACTERS & set(name) and plain.suffix.lower() not in PACKED_ENDINGS:
        return plain
    link = scratch / f"{number}.link"
    link.symlink_to(plain.resolve())
    return link


def _head(plain: Path) -> str:
    with plain.open("rb") as source:
        return codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode(source.read(HEAD))
