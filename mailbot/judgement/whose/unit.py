"""Whose mail it is: which unit the sources name, and when only a person can say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mailbot.judgement.faults import family_by_name
from mailbot.judgement.whose.names import NameMatch, UnitNames, plain
from mailbot.judgement.writing import without_quotes
from mailbot.model import Family

Source = Literal[
    "assigned", "address", "form", "subject", "body", "file_name", "provisional_address", ""
]

_STATED_UNIT = re.compile(r"^(?:填报|报送|上报|填表|发件|申报)?单位(?:名称)?:(.+)$", re.MULTILINE)
# Before a name: it is the addressee's, or that of a unit that took part.
_TO_OR_WITH = re.compile(r"(?:[至给到向与在于赴]|抄送|抄报|主送|会同|联合|协同|协助|配合)[:]?$")
# These too, but only where the name ends the clause: 报送市安监局。 is not 报送二七区演练材料.
_HAND_OVER = re.compile(r"(?:报送?|上报|呈报?|致|发?送|提?交)$")
_CLAUSE_END = re.compile(r"$|[\s,，。;；!！:：)）]")
_SALUTATION = re.compile(r"[:：]\s*$")
_REPORTING = re.compile(r"现将|现报|报送|上报|报上|发送|提交|附件|请查收|请审阅|材料")
_CLAUSES = re.compile(r"[，。；;,!！]")
# After the name in a signature: a person, a telephone, a date; no sentence.
_AFTER_SIGNATURE = re.compile(r"[^。，；,;!！了演]{0,30}$")
_SIGNATURE_LINES = 6
_SIGNATURE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a mail and our own records say about its unit."""

    address: str
    address_status: Literal["listed", "confirmed", "provisional", ""] = ""
    address_unit: str | None = None
    assigned_unit: str | None = None  # by a person, for this arrival
    form_units: tuple[str, ...] = ()  # 填报单位 of every form, as written
    subject: str = ""
    body: str = ""
    file_names: tuple[str, ...] = ()
    sender_name: str = ""  # shown to the office; anyone can call himself anything


@dataclass(frozen=True, slots=True)
class Identity:
    """The unit, where it comes from, or why a person must decide."""

    unit: str | None  # None whenever `held_reasons` is not empty
    source: Source = ""
    held_reasons: tuple[str, ...] = ()  # unknown_unit, unit_conflict, sub_unit
    mentions: tuple[str, ...] = ()  # every unit named anywhere, for the person who decides
    named: bool = False  # the mail itself names a unit


def judge_identity(evidence: Evidence, names: UnitNames) -> Identity:
    """The unit of an arrival (CONTRACT, Decisions: "Unit of an arrival").

    In order: a person's assignment, a listed or confirmed address, the form, subject, body, file
    names, a provisional address. Two that name different units hold the arrival, and so does a
    form of a sub-unit (from a listed or confirmed address it holds the form alone). A unit
    that is merely mentioned (a list of 参演单位, the addressee) is no naming and makes no
    conflict.
    """
    form = _named_by_forms(evidence.form_units, names)
    body, as_sender = _named_by_body(evidence.body, names)
    in_mail: dict[Source, NameMatch | None] = {
        "form": form,
        "subject": _the_one(_namings(evidence.subject, names)),
        "body": body if as_sender else None,
        "file_name": _named_by_files(evidence.file_names, names),
    }
    if not any(in_mail.values()) and evidence.address_unit is None:
        in_mail["body"] = body
    named = any(match is not None and match.unit is not None for match in in_mail.values())
    mentions = _mentions(evidence, names)

    def held(*reasons: str) -> Identity:
        return Identity(None, "", reasons, mentions, named)

    if evidence.assigned_unit:
        return Identity(evidence.assigned_unit, "assigned", (), mentions, named)
    if form is not None and form.ambiguous:
        return held("unit_conflict")
    known = evidence.address_status in ("listed", "confirmed") and evidence.address_unit
    if form is not None and form.sub_unit:
        if not known:
            return held("sub_unit")
        # The address decides whose mail it is; only the sub-unit's form is held for a person.
        in_mail["form"] = None
    if form is None and _names_a_stranger(evidence.form_units, names):
        return held("unknown_unit")
    sources: list[tuple[Source, str, bool]] = [
        (source, match.unit, match.sub_unit)
        for source, match in in_mail.items()
        if match is not None and match.unit is not None
    ]
    if known:
        sources.insert(0, ("address", known, False))
    elif evidence.address_unit and evidence.address_status == "provisional":
        sources.append(("provisional_address", evidence.address_unit, False))
    if not sources:
        return held("unknown_unit")
    if len({unit for _, unit, _ in sources}) > 1:
        return held("unit_conflict")
    whole = next((one for one in sources if not one[2]), None)
    if whole is None:
        return held("sub_unit")
    # A mail that names 二七区城管局 (a part of 二七区) in its subject is the district's where the
    # district's own address sent it. From an unknown address it is the bureau's, and is held.
    source, unit, _ = whole
    if source in ("body", "file_name", "provisional_address") and sources[0][2]:
        return held("sub_unit")
    return Identity(unit, source, (), mentions, named)


def _named_by_forms(written: Iterable[str], names: UnitNames) -> NameMatch | None:
    matches = [match for name in written if name.strip() and (match := names.match_name(name))]
    if len({match.unit for match in matches}) > 1:
        return NameMatch(None, "、".join(match.matched for match in matches), ambiguous=True)
    return next((match for match in matches if match.sub_unit), None) or next(iter(matches), None)


def _names_a_stranger(written: Iterable[str], names: UnitNames) -> bool:
    """A form of some organisation that is none of the units (花园路街道办事处)."""
    return any(map(names.is_organisation, written))


def _namings(line: str, names: UnitNames) -> list[NameMatch]:
    """The units a line names, without its addressees and those who only took part."""
    folded = plain(line)
    found = []
    for match in names.find(line):
        end = match.start + len(match.matched)
        before, after = folded[max(0, match.start - 10) : match.start], folded[end : end + 1]
        handed = _HAND_OVER.search(before) and _CLAUSE_END.match(after)
        if not handed and not _TO_OR_WITH.search(before):
            found.append(match)
    return found


def _the_one(matches: Iterable[NameMatch]) -> NameMatch | None:
    """The unit a text names when it names one; a part of it beside the whole counts as whole."""
    found = list(matches)
    if len({match.unit for match in found}) != 1 or found[0].unit is None:
        return None
    return next((match for match in found if not match.sub_unit), found[0])


def _named_by_body(body: str, names: UnitNames) -> tuple[NameMatch | None, bool]:
    """The unit a body names, and whether as its sender: stated, signed, or in handing over.

    Failing that the only unit in the whole body, which may be a mere mention. Several and no
    clear one: none.
    """
    lines = [line.strip() for line in without_quotes(body).split("\n") if line.strip()]
    if lines and _SALUTATION.search(lines[0]) and len(lines[0]) <= _SIGNATURE_LENGTH:
        del lines[0]  # 市安监局：
    for line in lines:
        stated = _STATED_UNIT.match(plain(line))
        if stated and (match := names.match_name(stated[1])) is not None:
            return match, True
    signed = [
        match
        for line in lines[-_SIGNATURE_LINES:]
        if len(line) <= _SIGNATURE_LENGTH
        for match in _namings(line, names)
        if match.start == 0 and _AFTER_SIGNATURE.match(plain(line)[len(match.matched) :])
    ]
    clauses = [clause for line in lines for clause in _CLAUSES.split(line)]
    handing_over = [_namings(clause, names) for clause in clauses if _REPORTING.search(clause)]
    for candidates in (signed, *handing_over):
        if (match := _the_one(candidates)) is not None:
            return match, True
    return _the_one(match for line in lines for match in _namings(line, names)), False


def _named_by_files(file_names: Iterable[str], names: UnitNames) -> NameMatch | None:
    """The one unit the names of documents and archives agree on.

    Photos and videos are named after what they show, which may be a neighbour.
    """
    telling = (Family.DOCUMENT, Family.ARCHIVE)
    return _the_one(
        match
        for name in file_names
        if family_by_name(name) in telling
        for match in _namings(name, names)
    )


def _mentions(evidence: Evidence, names: UnitNames) -> tuple[str, ...]:
    texts = (
        *evidence.form_units,
        evidence.subject,
        evidence.body,
        *evidence.file_names,
        evidence.sender_name,
    )
    found = (match.unit for text in texts for match in names.find(text))
    return tuple(dict.fromkeys(unit for unit in found if unit is not None))
