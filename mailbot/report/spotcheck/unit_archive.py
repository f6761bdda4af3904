"""All that is known and kept of one unit, as files: for a spot check, or for the archive.

抽查核对表.docx          only for a spot check
档案.xlsx                form values, findings, mails, history, list of files
材料/演练方案/方案.docx   every file that came for a material, under its sent name
其他来件/…               attachments that belong to no material
来信/第12号来信.eml       the mails themselves, octet for octet
"""

import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mailbot.campaign.forms import FormSpec
from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError
from mailbot.files import blob_path
from mailbot.formats.names import safe_name
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import fact, in_its_language, say
from mailbot.ledger import arrivals, enquiries, facts
from mailbot.ledger.store import Ledger
from mailbot.model import BODY_NAME, Dossier, DossierFile, Judged, Kind
from mailbot.objects import at_hand
from mailbot.report.board import read_dossier
from mailbot.report.yearbook.history import history_table
from mailbot.report.yearbook.sheet import Letterhead
from mailbot.report.yearbook.tables import Table, Value, findings_table, mails_table, use_of
from mailbot.report.yearbook.workbook import write_tables
from mailbot.wording.office import as_read

_GONE = "已按保存期限清理，或未能找到"
_PACKED = frozenset("jpg jpeg png mp4 avi mts mpg zip rar 7z docx xlsx pdf heic".split())
# Windows takes none of these in a name, and none of the devices of old.
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: `content`, or the octets that rest at `source`."""

    path: str  # relative, joined by "/", safe on every file system
    content: bytes = b""
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class UnitArchive:
    """Everything of one unit."""

    dossier: Dossier
    entries: tuple[Entry, ...]


@in_its_language
def collect(
    ledger: Ledger, campaign: Campaign, data: Path, unit: str, now: datetime
) -> UnitArchive:
    """Gather a unit's archive; `data` is the data folder. NotFoundError for an unknown unit.

    A file that is no longer there is named in the list of files and left out.
    """
    dossier = read_dossier(ledger, campaign, unit, now)
    rows = enquiries.of_unit(ledger, dossier.unit)
    names = _Names()
    found = [
        *_material_files(ledger, campaign, data, dossier, names),
        *_other_files(data, dossier, rows, names),
        *_mails(data, rows, names),
    ]
    tables = (
        _values_table(campaign, dossier),
        findings_table(campaign, rows, [dossier]),
        mails_table(ledger, rows),
        history_table(ledger, dossier, rows),
        Table(
            say("文件清单"),
            (say("路径"), say("大小（字节）"), "SHA-256", say("来信编号"), say("说明")),
            tuple(line for _, line in found),
        ),
    )
    head = Letterhead(
        say("{unit}报送档案", unit=dossier.unit), campaign.issuer, now.astimezone(campaign.zone)
    )
    own = Entry(names.take("", say("档案.xlsx")), write_tables(tables, head))
    return UnitArchive(dossier, (own, *(entry for entry, _ in found if entry is not None)))


def write_folder(entries: Iterable[Entry], folder: Path) -> None:
    """Write the files under `folder`, which must not hold anything yet. SettingsError else."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise SettingsError(f"{folder} is not empty; choose a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            path = folder / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.source is None:
                path.write_bytes(entry.content)
            else:
                shutil.copyfile(entry.source, path)
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from None


def write_zip(entries: Iterable[Entry], path: Path, now: datetime) -> None:
    """Write the files as one zip, whole or not at all; names are UTF-8. SettingsError when the
    place cannot be written to. `now` (local) is the time of every member."""
    part = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for entry in entries:
                info = zipfile.ZipInfo(entry.path, now.timetuple()[:6])
                packed = entry.path.rpartition(".")[2].lower() in _PACKED
                info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                info.external_attr = 0o600 << 16
                with archive.open(info, "w", force_zip64=True) as member:
                    if entry.source is None:
                        member.write(entry.content)
                    else:
                        with entry.source.open("rb") as file:
                            shutil.copyfileobj(file, member, 1 << 20)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SettingsError(f"{path}: {error.strerror}") from None


def safe_folder(name: str) -> str:
    """A folder or file name for any file system."""
    name = _FORBIDDEN.sub("_", safe_name(name)) or say("未命名")
    return f"_{name}" if _DEVICES.fullmatch(name) else name


class _Names:
    """Gives every file a path of its own; `A.JPG` and `a.jpg` are one name on Windows."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str) -> str:
        """The path for a file of this name in this folder."""
        safe = safe_folder(name)
        stem, dot, extension = safe.rpartition(".")
        if not stem:
            stem, dot, extension = safe, "", ""
        path, place = f"{folder}{safe}", 2
        while path.lower() in self._taken:
            path = f"{folder}{stem} ({place}){dot}{extension}"
            place += 1
        self._taken.add(path.lower())
        return path


_Found = tuple[Entry | None, tuple[Value, ...]]


def _material_files(
    ledger: Ledger, campaign: Campaign, data: Path, dossier: Dossier, names: _Names
) -> Iterator[_Found]:
    for material in campaign.materials:
        if material.slot not in dossier.slots:
            continue
        seen: set[tuple[str, str]] = set()
        for file in dossier.slots[material.slot].files:
            judged = file.judged
            if (judged.sha256, judged.name) in seen:
                continue
            seen.add((judged.sha256, judged.name))
            body = facts.body_text(ledger, judged.sha256) if judged.name == BODY_NAME else None
            name = (
                judged.name
                if body is None
                else say(
                    "{body_name}（第{arrival}号来信）.txt",
                    body_name=BODY_NAME,
                    arrival=file.arrival,
                )
            )
            folder = say("材料/{safe_folder}/", safe_folder=safe_folder(material.label))
            content = None if body is None else body.encode("utf-8", "replace")
            yield _found(
                data, names.take(folder, name), judged, file.arrival, use_of(file), content
            )


def _other_files(
    data: Path, dossier: Dossier, rows: Iterable[Mapping[str, Any]], names: _Names
) -> Iterator[_Found]:
    """Top-level files that fill no slot and hold nothing that does, each content once."""
    placed = {file.judged.sha256 for slot in dossier.slots.values() for file in slot.files}
    for row in rows:
        for judged in arrivals.files_of(row):
            inside = {one.sha256 for one in judged.walk()}
            if judged.name == BODY_NAME or inside & placed:
                continue
            placed.add(judged.sha256)
            decoration = say("邮件附带的图标、签名等") if judged.kind is Kind.OTHER else ""
            yield _found(
                data, names.take(say("其他来件/"), judged.name), judged, row["id"], decoration
            )


def _found(
    data: Path, path: str, judged: Judged, arrival: int, note: str, content: bytes | None = None
) -> _Found:
    source = at_hand(blob_path(data / "files", judged.sha256))
    line = (path, judged.size, judged.sha256, arrival)
    if content is not None:
        return Entry(path, content), (*line, note)
    if not source.is_file():
        return None, (*line, say("{note}（{gone}）", note=note, gone=_GONE) if note else say(_GONE))
    return Entry(path, source=source), (*line, note)


def _mails(data: Path, rows: Iterable[Mapping[str, Any]], names: _Names) -> Iterator[_Found]:
    for row in rows:
        source = data / row["spool_path"] if row["spool_path"] else None
        path = names.take(say("来信/"), say("第{id}号来信.eml", id=row["id"]))
        line = (path, row["size"], row["sha256"] or "", row["id"])
        if source is None or not source.is_file():
            yield None, (*line, say(_GONE))
        else:
            yield Entry(path, source=source), (*line, say("邮件原文"))


def _values_table(campaign: Campaign, dossier: Dossier) -> Table:
    """Every table that came, field by field: as read, as written, and where."""
    rows: list[tuple[Value, ...]] = []
    files: list[tuple[DossierFile, FormSpec]] = [
        (file, campaign.of_form(key).form)
        for key in campaign.form_slots
        if key in dossier.slots
        for file in dossier.slots[key].files
    ]
    for file, spec in files:
        for field in spec.fields:
            read = file.judged.fields.get(field.key)
            if read is not None:
                value = read.value if isinstance(read.value, int | float) else str(read.value or "")
                rows.append(
                    (
                        *(file.judged.name, use_of(file), label_of(field), value, field.unit),
                        *(as_read(read.raw, read.corrected), fact(read.where)),
                        *(file.arrival, file.arrived_at),
                    )
                )
    columns = (
        *(
            say("文件名"),
            say("采用情况"),
            say("栏目"),
            say("数值"),
            say("计量单位"),
            say("原文"),
            say("位置"),
            say("来信编号"),
        ),
        say("收件时间"),
    )
    return Table(say("填报数据"), columns, tuple(rows))
