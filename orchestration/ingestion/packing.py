"""What a file is by its first bytes: a packed one is unpacked, one that is no table is refused by name."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from orchestration.ingestion.headers import Rejected

BLOCK = 1 << 20
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
ARCHIVED = ("an archive within an archive", "unpack it, and deliver the files themselves or each packed by gzip")
PACKED = ("a packed file of a kind that is not read", "unpack it, or pack it by gzip")
BINARY = ("a binary file of another kind", "export the table as Parquet, CSV or JSON lines")
WORKBOOK = ("an Excel workbook", "save its sheet as CSV UTF-8, one sheet a file")
PARTS = 10
# First bytes -> what it is and what to do. https://en.wikipedia.org/wiki/List_of_file_signatures
FOREIGN: dict[bytes, tuple[str, str]] = {
    rb"%PDF": ("a PDF document", "export the table as CSV"),
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an Excel workbook (or another document) of Office 97", WORKBOOK[1]),
    rb"Obj\x01": ("an Avro file", BINARY[1]),
    rb"ORC[^ -~\r\n\t]": ("an ORC file", BINARY[1]),
    rb"ARROW1": ("an Arrow file", BINARY[1]),
    rb"SQLite format 3\x00": ("a SQLite database", BINARY[1]),
    rb"\x28\xb5\x2f\xfd": ("a file packed by Zstandard", PACKED[1]),
    rb"BZh[1-9]1AY&SY": ("a file packed by bzip2", PACKED[1]),
    rb"\xfd7zXZ\x00": ("a file packed by xz", PACKED[1]),
    rb"7z\xbc\xaf\x27\x1c": ("a 7-Zip archive", PACKED[1]),
    rb"Rar!\x1a\x07": ("a RAR archive", PACKED[1]),
    rb"\x1f\x8b|PK[\x03\x05\x07]": ARCHIVED,
    rb"[^\x00]{1,100}\x00.{156,256}ustar": ("a tar archive", ARCHIVED[1]),
}
ANY_FOREIGN = re.compile(b"|".join(FOREIGN), re.DOTALL)
MARKUP = re.compile(r"\s*<(!doctype|\?xml|[a-z]+:?[a-z]*[\s>].*</)", re.IGNORECASE | re.DOTALL)
SAID = re.compile(r"<(?:title|message|faultstring|exceptionMessage)[^>]*>\s*([^<]{1,200})", re.IGNORECASE)


def packed_by(source: BinaryIO) -> Literal["gzip", "ZIP"] | None:
    """What a file is packed by, as its first bytes say; the file is left at its begin."""
    first = source.read(4)
    source.seek(0)
    if first.startswith(GZIP):
        return "gzip"
    return "ZIP" if first in (ZIP, b"PK\x05\x06") else None


def unpack(local: Path, plain: Path, packing: Literal["gzip", "ZIP"]) -> Iterator[bytes]:
    """The blocks of a packed file's content, copied to `plain` on the way.

    Raises Rejected when it can't be unpacked, or holds anything but one file.
    """
    if packing == "gzip":
        return _copied(gzip.open(local), plain, "gzip file")
    return _copied(_only_member(local), plain, "ZIP archive")


def refuse_foreign(first: bytes) -> None:
    """Raise Rejected, saying what it is and what to do, for a file whose first bytes are those of no table."""
    if not ANY_FOREIGN.match(first):
        return
    what, remedy = next(said for signature, said in FOREIGN.items() if re.match(signature, first, re.DOTALL))
    raise Rejected(f"it is {what}, which is not read; {remedy}")


def refuse_markup(head: str) -> None:
    """Raise Rejected, with what it says, for a text that is HTML or XML."""
    if not MARKUP.match(head):
        return
    said = f" ({found[1].strip()})" if (found := SAID.search(head)) else ""
    if re.search(r"<(\w+:)?workbook\b|mso-application|urn:schemas-microsoft-com:office:excel", head, re.IGNORECASE):
        raise Rejected(f"it is {WORKBOOK[0]} written as markup{said}, which is not read; {WORKBOOK[1]}")
    if re.match(r"\s*(<!doctype html|<(html|head|body|table)\b)", head, re.IGNORECASE):
        raise Rejected(
            f"it is an HTML page{said}, such as a log-in page saved in place of the extract; repeat the export, "
            f"signed in, as CSV"
        )
    raise Rejected(
        f"it is an XML document{said}, such as an error of the storage or the API; repeat the export, as CSV"
    )


def _copied(packed: BinaryIO, plain: Path, what: str) -> Iterator[bytes]:
    try:
        with packed, plain.open("wb") as copy:
            while block := packed.read(BLOCK):
                copy.write(block)
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError) as error:
        raise Rejected(
            f"the {what} can't be unpacked ({error}); it is cut short or damaged, so deliver it again"
        ) from error


def _only_member(local: Path) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(local)
    except zipfile.BadZipFile as error:
        raise Rejected(
            f"the ZIP archive can't be opened ({error}); it is cut short or damaged, so deliver it again"
        ) from error
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    if any(name.startswith("xl/") for name in names):
        raise Rejected(f"it is {WORKBOOK[0]}, which is not read; {WORKBOOK[1]}")
    if "[Content_Types].xml" in names:
        raise Rejected("it is an Office document, which is not read; export the table as CSV")
    if len(names) != 1:
        listed = ", ".join(sorted(names)[:PARTS]) + (", ..." if len(names) > PARTS else "")
        raise Rejected(
            f"it is a ZIP archive of {len(names)} files ({listed}), and one file is read of an archive; unpack it and "
            f"put each file into the folder of its table"
            if names
            else "it is a ZIP archive without a file in it; repeat the export"
        )
    if archive.getinfo(names[0]).flag_bits & 1:
        raise Rejected(f"it is a ZIP archive whose file {names[0]} is locked by a password; deliver it without one")
    try:
        return archive.open(names[0])
    except (NotImplementedError, zipfile.BadZipFile) as error:
        raise Rejected(f"the ZIP archive can't be unpacked ({error}); pack it by gzip instead") from error


def _is_hidden(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")
