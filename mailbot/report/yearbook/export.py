"""`mailbot export`: the year's ledger as a workbook, as CSV or as JSON.

The workbook and the JSON hold every table; a CSV holds one, the 台账.
"""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.language import in_its_language, say
from mailbot.ledger.store import Ledger
from mailbot.report.yearbook.book import Book, read_book
from mailbot.report.yearbook.sheet import safe_text
from mailbot.report.yearbook.tables import Value
from mailbot.report.yearbook.workbook import title_of, write_workbook
from mailbot.wording.phrases import FORMULA_START

FORMATS = (".xlsx", ".csv", ".json")


def export_ledger(ledger: Ledger, campaign: Campaign, path: Path, now: datetime) -> Book:
    """Write the ledger to `path`, in the format its ending names; what was written.

    SettingsError for another ending and for a file that cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise SettingsError(f"{path}: the ledger is written as {', '.join(FORMATS)}")
    book = read_book(ledger, campaign, now)
    try:
        path.write_bytes(encode_book(book, path.suffix.lower()))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    return book


@in_its_language
def encode_book(book: Book, ending: str) -> bytes:
    """The book's octets in the format of `ending` (one of `FORMATS`)."""
    match ending:
        case ".csv":
            return _csv(book)
        case ".json":
            return _json(book)
        case _:
            return write_workbook(book)


def _csv(book: Book) -> bytes:
    """The 台账 as CSV (RFC 4180), with a byte order mark, without which Excel reads GBK."""
    packed = io.StringIO(newline="")
    table = book.tables[0]
    writer = csv.writer(packed)
    writer.writerow([say(heading) for heading in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(value, book) for value in row])
    return b"\xef\xbb\xbf" + packed.getvalue().encode("utf-8")


def _csv_cell(value: Value, book: Book) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(book.campaign.zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str):
        text = safe_text(value)
        # A CSV cell has no type: the apostrophe is what spreadsheets take for "text" (CWE-1236).
        return f"'{text}" if FORMULA_START.match(text) else text
    return value


def _json(book: Book) -> bytes:
    document: dict[str, Any] = {
        "title": title_of(book.campaign),
        "campaign": book.campaign.id,
        "rules_version": book.campaign.version,
        "as_of": book.now.astimezone(book.campaign.zone).isoformat(timespec="seconds"),
        "tables": {
            say(table.name): [
                {
                    say(heading): _json_value(value, book)
                    for heading, value in zip(table.columns, row, strict=True)
                }
                for row in table.rows
            ]
            for table in book.tables
        },
        "totals": {total.field.key: total.total for total in book.consolidation.totals},
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _json_value(value: Value, book: Book) -> Value:
    if isinstance(value, datetime):
        return value.astimezone(book.campaign.zone).isoformat(timespec="seconds")
    return value
