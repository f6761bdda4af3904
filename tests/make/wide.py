"""A campaign of as many units as wanted, with dossiers and mails, written in seconds.

Each unit's dossier is one that the program judged; what differs is the name. Mails are copies of
one examined mail (`make.full_ledger`).
"""

from collections.abc import Callable
from pathlib import Path

from mailbot.campaign.types import Campaign, Unit
from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_photo
from mailbot.ledger.search import Words, record_words
from mailbot.ledger.store import Ledger, open_ledger
from mailbot.settings.types import Settings
from make.office import settings_for
from make.submitted import an_empty_office, figures

_TEXT = "报送应急演练材料，请查收。"


def wide_campaign(campaign: Campaign, units: int) -> Campaign:
    """The campaign with units u1, u2 … instead of its own."""
    named = tuple(Unit(unit=f"u{n}", group=f"第{n % 7}类") for n in range(1, units + 1))
    return campaign.model_copy(update={"units": named})


def a_wide_office(
    folder: Path,
    campaign: Campaign,
    *,
    arrivals: int,
    words: Callable[[int], str] = lambda _: _TEXT,
    photos: int = 1,
    found: int = 20_000,
) -> Settings:
    """An office whose every unit has a dossier with so many photos, and so many mails in all, of
    which the newest `found` can be searched."""
    office = an_empty_office(folder, campaign)
    office.receive(
        "u1 报送材料",
        {
            "统计表.xlsx": write_form(campaign.form, figures("u1")),
            "演练方案.docx": plan("u1"),
            "评估总结.docx": summary("u1"),
            **{f"{number}.jpg": _photo(number) for number in range(photos)},
        },
        sender="u1@example.com",
    )
    office.work()
    with open_ledger(office.data) as ledger, ledger.transaction():
        _dossiers(ledger, campaign)
        _arrivals(ledger, campaign, arrivals)
        for number in range(max(2, arrivals - found + 1), arrivals + 1):
            text = words(number)
            record_words(ledger, number, Words(subject=f"材料{number}", body=text))
    return settings_for(folder)


def _photo(number: int) -> bytes:
    """Two that look alike differ in their octets."""
    return make_photo(1920, 1080, number % 3) + bytes([number])


def _dossiers(ledger: Ledger, campaign: Campaign) -> None:
    for number, unit in enumerate(campaign.units[1:], 2):
        for table, column in (("dossiers", "dossier_json"), ("standings", "standing_json")):
            row = ledger.row(f"SELECT * FROM {table} WHERE unit = 'u1'")
            assert row is not None
            row |= {"unit": unit.unit}
            row[column] = (
                row[column]
                .replace('"unit":"u1"', f'"unit":"{unit.unit}"')
                .replace('"unit": "u1"', f'"unit": "{unit.unit}"')
            )
            if "revision" in row:
                row["revision"] += number
            marks = ", ".join("?" * len(row))
            ledger.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})",
                list(row.values()),
            )


def _arrivals(ledger: Ledger, campaign: Campaign, count: int) -> None:
    names = [row["name"] for row in ledger.rows("PRAGMA table_info(arrivals)")]
    own = {
        "id": "n",
        "uid": "1000000 + n",
        "sha256": "printf('%064x', n)",
        "message_id": "printf('<wide-%d@example.com>', n)",
        "subject": "printf('材料%d', n)",
        "unit": f"'u' || (1 + n % {len(campaign.units)})",
        "sender_address": f"'u' || (1 + n % {len(campaign.units)}) || '@example.com'",
        "reply": "NULL",
    }
    values = ", ".join(own.get(name, f"model.{name}") for name in names)
    numbers = (
        "WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers"
        f" WHERE n < {count})"
    )
    ledger.execute(
        f"INSERT INTO arrivals ({', '.join(names)}) {numbers} SELECT {values}"
        " FROM numbers JOIN arrivals AS model ON model.id = 1 WHERE n <= ?",
        (count,),
    )
    ledger.execute(
        f"{numbers} INSERT INTO files (arrival, name, sha256, size, kind, format, verdict, phash)"
        " SELECT n, '照片.jpg', printf('%064x', n), 100000, 'photo', 'jpeg', 'accepted',"
        " printf('%016x', abs(random()))"
        " FROM numbers WHERE n <= ?",
        (count,),
    )
