"""What of a unit's dossier a sender may read: whoever names a unit is not thereby of that unit.

A reply shows the dossier of the unit that its mail named, and anyone can name one (or send its
form), before the unit itself does. To an address that is neither listed nor confirmed a reply
tells how each material stands and what became of what this address sent; of what others sent it
tells no name, no figure, no finding and no link.
"""

from dataclasses import replace

from mailbot.entries import AddressRecord
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


def seen_by(dossier: Dossier, address: str, record: AddressRecord, own: frozenset[int]) -> Dossier:
    """The dossier as this address may read it; `own` are the arrivals that came from it."""
    if record.unit == dossier.unit and record.status in ("listed", "confirmed"):
        slots = {key: _with_strange_names_kept_out(slot) for key, slot in dossier.slots.items()}
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


def _with_strange_names_kept_out(slot: Slot) -> Slot:
    """The unit's own reader sees all, but not what a stranger wrote to him in a file's name, under
    the office's letterhead: what waits for a person goes by the address it came from."""
    return replace(
        slot, files=tuple(_by_address(one) if one.shown_only else one for one in slot.files)
    )


def _by_address(file: DossierFile) -> DossierFile:
    name = say("其他邮箱（{address}）报送的文件", address=file.decided_by_address)
    return replace(file, judged=replace(file.judged, name=name))


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
