"""The codes by which a mailed digest is answered.

A phone has no shell, so every mailed digest carries a code for each item. A code is made of an
HMAC over the item, what is decided about it and the moment of issue, under a key that lies
beside the ledger (0600): it cannot be guessed, cannot be turned to another item, and a row that
was slipped into the ledger without the key is no offer of ours.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from mailbot.files import secret_key
from mailbot.ledger import decisions
from mailbot.ledger.store import Ledger, moment, stamp
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.view import PersonItem

VALID_FOR = timedelta(days=7)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: read off a screen, typed on a phone
_LENGTH = 8
_KEY_FILE = "answer.key"


@dataclass(frozen=True, slots=True)
class Found:
    """A code as it was looked up; `why` says what is wrong: unknown, used, expired or ""."""

    code: str
    offer: Offer | None
    why: str = ""


_offer_json: TypeAdapter[Offer] = TypeAdapter(Offer)


def issue_codes(
    ledger: Ledger, data: Path, items: Iterable[PersonItem], now: datetime
) -> tuple[PersonItem, ...]:
    """The items with a fresh code each, put on record. Belongs into a transaction.

    Items that one decision settles (the same file, sent twice) have one code.
    """
    key = secret_key(data, _KEY_FILE)
    codes: dict[str, str] = {}
    issued = []
    for item in items:
        if item.offer is None:
            issued.append(item)
            continue
        offer = _offer_json.dump_json(item.offer).decode()
        if offer not in codes:
            codes[offer] = _code(key, offer, stamp(now))
            decisions.record_code(ledger, codes[offer], offer, now)
        code = codes[offer]
        issued.append(replace(item, code=f"{code[:4]}-{code[4:]}"))
    return tuple(issued)


def look_up(ledger: Ledger, data: Path, code: str, now: datetime) -> Found:
    """What a code (without its dash) settles, if it is ours, unused and not too old."""
    row = decisions.code_row(ledger, code)
    if row is None or not hmac.compare_digest(
        code, _code(secret_key(data, _KEY_FILE), row["offer_json"], row["issued_at"])
    ):
        return Found(code, None, "unknown")
    offer = _offer_json.validate_json(row["offer_json"])
    if row["used_at"]:
        return Found(code, offer, "used")
    return Found(code, offer, "expired" if now > moment(row["issued_at"]) + VALID_FOR else "")


def _code(key: bytes, offer: str, issued_at: str) -> str:
    digest = hmac.digest(key, f"{issued_at}\n{offer}".encode(), "sha256")
    number = int.from_bytes(digest[:5])
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(_LENGTH))
