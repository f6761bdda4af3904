"""What of a unit's dossier a sender may read: whoever names a unit is not thereby of that unit.

A reply shows the dossier of the unit that its mail named, and anyone can name one (or send its
form), before the unit itself does. To an address that is neither listed nor confirmed a reply
tells how each material stands and what became of what this address sent; of what others sent it
tells no name, no figure, no finding and no link. The unit's own address is told from where a
material came that is not known to be its own, and nothing that stood in it: a stranger would have
the office write to the unit in his words.
"""

from dataclasses import replace

from mailbot.entries import AddressRecord
from mailbot.judgement.slots import OFFICE_REJECTED
from mailbot.language import say
from mailbot.model import (
    ArrivalSummary,
    CloudLink,
    Dossier,
    DossierFile,
    DossierLink,
    Finding,
    Judged,
    Kind,
    MailAddress,
    Severity,
    Slot,
    Verdict,
)

OF_ANOTHER = "FILE_OF_ANOTHER_ADDRESS"
SENDER_FAILED = "sender_failed"


def seen_by(
    dossier: Dossier,
    address: str,
    record: AddressRecord,
    own: frozenset[int],
    strange: frozenset[int],
) -> Dossier:
    """The dossier as this address may read it.

    `own`: the arrivals that came from it; `strange`: those that are not known to be the unit's
    own word (`dossiers.on_record.not_its_own`).
    """
    if record.unit == dossier.unit and record.status in ("listed", "confirmed"):
        slots = {
            key: _without_strange_words(slot, address, strange)
            for key, slot in dossier.slots.items()
        }
        return replace(dossier, slots=slots)
    slots = {key: _slot(slot, address, own) for key, slot in dossier.slots.items()}
    return replace(dossier, slots=slots)


def without_his_words(summary: ArrivalSummary) -> ArrivalSummary:
    """A mail that the server found forged, as its supposed sender may read of it: he never wrote
    it, and the forger would have the office write to him in his words."""
    return replace(
        summary,
        subject="",
        sender=MailAddress("", summary.sender.address),
        files=(),
        links=(),
        defects=(SENDER_FAILED,),
    )


def without_files_of(dossier: Dossier, forged: frozenset[int]) -> Dossier:
    """The dossier without a word of what these mails brought: their supposed sender reads it."""
    slots = {
        key: replace(
            slot,
            files=tuple(_closed(one) if one.arrival in forged else one for one in slot.files),
            links=tuple(_unnamed(one) if one.arrival in forged else one for one in slot.links),
        )
        for key, slot in dossier.slots.items()
    }
    return replace(dossier, slots=slots)


def _without_strange_words(slot: Slot, address: str, strange: frozenset[int]) -> Slot:
    """The unit's own reader sees all that is the unit's own; what is not goes by where it came
    from, and what waits for a person does as well."""
    files = (
        _from_elsewhere(one, address)
        if one.arrival in strange
        else _by_origin(one, address)
        if one.shown_only
        else one
        for one in slot.files
    )
    links = (_unnamed(one) if one.arrival in strange else one for one in slot.links)
    return replace(slot, files=tuple(files), links=tuple(links))


def _by_origin(file: DossierFile, address: str) -> DossierFile:
    if file.decided_by_address == address:
        name = say("未能核验发件人的邮件所附文件")
    else:
        name = say("其他邮箱（{address}）报送的文件", address=file.decided_by_address)
    return replace(file, judged=replace(file.judged, name=name))


def _from_elsewhere(file: DossierFile, address: str) -> DossierFile:
    """Its verdict, its origin and what the office said of it."""
    said = tuple(one for one in file.judged.findings if one.code == OFFICE_REJECTED)
    closed = _closed(file)
    findings = said or closed.judged.findings
    if file.decided_by_address == address and not said and file.judged.verdict is Verdict.REJECTED:
        text = say("该文件来自未能核验发件人的邮件，需补正。请由你单位重新报送。")
        findings = (Finding(OF_ANOTHER, Severity.ERROR, "", "", "", text),)
    if file.counts and not file.decided:
        text = say("如非你单位所报，请致电我办说明")
        findings = (Finding(OF_ANOTHER, Severity.NOTICE, "", "", "", text),)
    return _by_origin(replace(closed, judged=replace(closed.judged, findings=findings)), address)


def _slot(slot: Slot, address: str, own: frozenset[int]) -> Slot:
    files = (one if one.decided_by_address == address else _closed(one) for one in slot.files)
    links = (one if one.arrival in own else _unnamed(one) for one in slot.links)
    return replace(slot, files=tuple(files), links=tuple(links))


def _closed(file: DossierFile) -> DossierFile:
    judged = file.judged
    closed = Judged(
        name=say("其他邮箱报送的文件"),
        sha256=judged.sha256,
        size=0,
        kind=Kind.OTHER,
        format="",
        verdict=judged.verdict,
        facts={},
        findings=tuple(_findings(judged.verdict)),
        slots=judged.slots,
    )
    return replace(file, judged=closed)


def _findings(verdict: Verdict) -> list[Finding]:
    """Why it does not count, without a word of what is in it."""
    if verdict is Verdict.REJECTED:
        text = say(
            "该文件由其他邮箱报送，需补正。有关事项已告知报送该文件的邮箱，请与本单位该件报送人联系；"
            "也可由您重新报送。"
        )
        return [Finding(OF_ANOTHER, Severity.ERROR, "", "", "", text)]
    if verdict is Verdict.HELD:
        text = say("该文件由其他邮箱报送，待核对。")
        return [Finding(OF_ANOTHER, Severity.WARNING, "", "", "", text)]
    return []


def _unnamed(link: DossierLink) -> DossierLink:
    return replace(link, link=CloudLink(provider="", url="", name=say("其他邮箱报送的链接")))
