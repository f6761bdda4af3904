"""What becomes of one arrival. Pure: rows go in as plain data, and an `Outcome` comes out.

    Taken + AddressRecord + EarlierMail  ─► examine ─► Examined: whose mail, what verdicts
    Examined + UnitOnRecord              ─► decide  ─► Outcome: binding, dossier, reply owed

Two steps, since what is on record of a unit can be asked only when the unit is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.entries import (
    AddressRecord,
    Brought,
    Correspondence,
    EarlierMail,
    Examined,
    UnitOnRecord,
)
from mailbot.inbox.screening.automail import brings_material
from mailbot.inbox.screening.sender import Receiver, doubt_sender, is_handed_over, signatures_of
from mailbot.inbox.screening.words import brings_something
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.enquiry import asks_of_materials, is_enquiry
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.media import LOGO_SIDE
from mailbot.judgement.twins import twin_of
from mailbot.judgement.whose.address import contributions_of, may_bind
from mailbot.judgement.whose.evidence import attribute
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.judgement.whose.unit import Identity
from mailbot.judgement.withdrawal import asks_to_withdraw, withdrawn_by
from mailbot.model import (
    BODY_NAME,
    Dossier,
    Family,
    Inspected,
    Judged,
    Kind,
    Message,
    NoAnswer,
    Verdict,
)
from mailbot.outbox.earns_answer import HEARD_LATELY, NOTHING_EARNED, reason_not_to_answer
from mailbot.outbox.owed import due_at

NOT_TO_US = "not_addressed_to_us"
OF_THE_OFFICE = "of_the_office"  # why a person says whose a mail is: ours wrote it
WITHDRAWAL = "withdrawal"  # why a person looks at a mail that takes something back
NO_CORRESPONDENCE = Correspondence()


@dataclass(frozen=True, slots=True)
class Taken:
    """One arrival at rest and measured, and what its headers say of answering it."""

    arrival: int
    arrived_at: datetime
    sha256: str
    size: int
    message: Message  # with the links of the mails attached to it
    members: tuple[Inspected, ...]  # its body and its attachments
    defects: tuple[str, ...]
    no_answer: NoAnswer | None
    # What its words alone say of a machine, while files came with it: they hold where none of
    # the files weighs anything (an absent clerk's signature has a picture).
    robot: NoAnswer | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that follows from one arrival; it is recorded whole or not at all (G2)."""

    arrival: int
    examined: Examined
    rules_version: str
    now: datetime
    binds: bool = False  # its address speaks for its unit from now on, provisionally
    joined: tuple[int, ...] = ()  # earlier mails of the address, now its unit's too
    dossier: Dossier | None = None
    answers: tuple[int, ...] = ()  # arrivals that the open reply of (unit, address) answers
    due: datetime | None = None  # when the open replies fall due; None: as they were
    withdraws: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # arrival: what of it
    dead_address: str = ""  # a bounce says that our mail to it came back for good


def examine(
    taken: Taken,
    record: AddressRecord,
    earlier: Sequence[EarlierMail],
    campaign: Campaign,
    names: UnitNames,
    receiver: Receiver,
    *,
    from_office: bool = False,
) -> Examined:
    """The verdicts on one arrival, whose it is, and whether it repeats another.

    `record` is of the sender's address; `earlier`: arrivals that may be the same message;
    `receiver`: by what our own server's sender checks are known; `from_office`: the sender is the
    office itself, whose mail names units all the time. Of which unit it is, a person says.
    """
    message, no_answer = taken.message, taken.no_answer
    enquiry = (
        no_answer is None
        and is_enquiry(message, campaign.text)
        and asks_of_materials(message, known=record.unit is not None)
    )
    takes_back = is_withdrawal(message, no_answer)
    mail = Inspected(
        name=message.subject,
        sha256=taken.sha256,
        size=taken.size,
        family=Family.MAIL,
        format="eml",
        members=taken.members,
        mail=message,
    )
    context = Context(
        subject=message.subject,
        arrived_on=taken.arrived_at.astimezone(campaign.zone).date(),
        automatic=enquiry or takes_back or (no_answer is not None and no_answer.code != NOT_TO_US),
    )
    judged = judge_file(mail, campaign, context).members
    if no_answer is None and taken.robot is not None and not any(map(_weighs, judged)):
        no_answer, enquiry, takes_back = taken.robot, False, False
        judged = judge_file(mail, campaign, replace(context, automatic=True)).members
    if from_office and record.unit is None:
        identity = Identity(None, "", (OF_THE_OFFICE,))
    else:
        identity = attribute(message, judged, record, names, enquiry=enquiry)
    is_material = brings_material(no_answer)
    unit = identity.unit if is_material else None
    judged = hold_foreign_forms(judged, unit, names)
    held = (*identity.held_reasons, *((WITHDRAWAL,) if takes_back else ()))
    twin = twin_of(earlier, judged)
    doubt = doubt_sender(message, receiver)
    if not doubt and no_answer is not None and no_answer.code == NOT_TO_US:
        doubt = "missing"  # its author did not send it here: whoever has it may have
    if twin is not None:
        no_answer = NoAnswer("duplicate", f"the same message as arrival {twin}")
    is_copy = bool(earlier) and twin is None and not is_handed_over(message, receiver)
    return Examined(
        message=message,
        judged=judged,
        unit=unit,
        unit_source=identity.source if unit else "",
        held_reasons=held if is_material else (),
        no_answer=no_answer,
        counts=unit is not None and twin is None,
        defects=taken.defects,
        duplicate_of=twin,
        enquiry=enquiry,
        signatures=tuple(one.digest for one in signatures_of(message)),
        # A known message with other contents, that its author's provider did not hand over: a
        # signature need not cover them all (RFC 6376 8.2).
        sender_doubt=doubt or ("missing" if is_copy else ""),
    )


def decide(
    taken: Taken,
    examined: Examined,
    record: AddressRecord,
    known: UnitOnRecord | None,
    campaign: Campaign,
    now: datetime,
    *,
    settle_seconds: int,
    wrote_to: str = "",
    heard: Correspondence = NO_CORRESPONDENCE,
) -> Outcome:
    """What an examined arrival changes: binding, dossier, and the reply that is owed.

    `known`: what is on record of its unit, None where it has none. `wrote_to`: the address a
    bounce names, if a mail of ours left for it. `heard`: what its address sent and heard before.
    """
    outcome = Outcome(taken.arrival, examined, campaign.version, now)
    if not brings_material(taken.no_answer):
        return replace(outcome, dead_address=wrote_to)
    if examined.duplicate_of is not None:
        return outcome
    address = examined.message.sender.address
    withdraws = _withdrawn(examined, heard)
    joins = known is not None and bool(known.unnamed)
    unearned = _not_earned(examined, bool(withdraws), joins, heard, campaign, now)
    if unearned is not None:
        examined = replace(examined, no_answer=unearned)
    outcome = replace(outcome, examined=examined, withdraws=withdraws)
    if known is not None:
        known = _without(known, withdraws, now)
        binds = (
            not unearned
            and examined.sender_doubt != "failed"
            and may_bind(address, known.unit, campaign.units, record, unit_is_bound=known.is_bound)
        )
        if binds:
            record = AddressRecord("provisional", known.unit)
        joined = known.unnamed if record.unit == known.unit else ()
        outcome = replace(
            outcome,
            binds=binds,
            joined=tuple(one.arrival for one in joined),
            dossier=_dossier_with(taken, examined, record, known, joined, campaign, now),
        )
        waiting = [one for one in outcome.joined if one in known.unanswered]
    else:
        waiting = []
    answers = (*waiting, *((taken.arrival,) if examined.no_answer is None else ()))
    due = due_at(outcome.dossier, taken.arrived_at, now, settle_seconds=settle_seconds)
    return replace(outcome, answers=answers, due=due)


def _weighs(judged: Judged) -> bool:
    """Whether a file may be meant for us: not a body, a logo, or what we had sent ourselves."""
    if judged.name == BODY_NAME or judged.kind is Kind.OTHER:
        return False
    if judged.kind is Kind.PHOTO and judged.verdict is Verdict.REJECTED:
        sides = [judged.facts.get(side) for side in ("width", "height")]
        return not any(isinstance(side, int) and side < LOGO_SIDE for side in sides)
    return True


def is_withdrawal(message: Message, no_answer: NoAnswer | None) -> bool:
    """A recall notice, or a person's own words; not where something new comes in its place."""
    if no_answer is not None:
        return no_answer.code == "recall_words"
    return asks_to_withdraw(message) and not brings_something(message)


def _withdrawn(examined: Examined, heard: Correspondence) -> dict[int, tuple[str, ...]]:
    """What is held because of this mail: only what came from the very same address, and only
    where the receiving server did not find that somebody else wrote it. What a proven sender sent
    is taken back by a proven one alone."""
    if WITHDRAWAL not in examined.held_reasons or examined.sender_doubt == "failed":
        return {}
    sent = [one for one in heard.sent if not (examined.sender_doubt and one.proven)]
    return withdrawn_by(examined.message, sent)


def _without(
    known: UnitOnRecord, withdraws: Mapping[int, Sequence[str]], now: datetime
) -> UnitOnRecord:
    """What is on record of the unit once these things are taken back."""
    brought = (
        replace(one, withdrawn={**dict.fromkeys(withdraws[one.arrival], now), **one.withdrawn})
        if one.arrival in withdraws
        else one
        for one in known.brought
    )
    return replace(known, brought=tuple(brought))


def _not_earned(
    examined: Examined,
    withdraws: bool,
    joins: bool,
    heard: Correspondence,
    campaign: Campaign,
    now: datetime,
) -> NoAnswer | None:
    """Why there is nothing to answer; None where there is, or another reason stands."""
    if examined.no_answer is not None:
        return None
    reason = reason_not_to_answer(
        message=examined.message,
        judged=examined.judged,
        unit=examined.unit,
        held_reasons=examined.held_reasons,
        enquiry=examined.enquiry,
        withdraws=withdraws,
        joins=joins,
        heard=heard,
        campaign=campaign,
        now=now,
    )
    return NoAnswer(reason, _evidence(reason, heard)) if reason else None


def _evidence(reason: str, heard: Correspondence) -> str:
    if reason == HEARD_LATELY and heard.answered_at is not None:
        return f"our last reply was composed at {heard.answered_at.isoformat()}"
    return NOTHING_EARNED


def _dossier_with(
    taken: Taken,
    examined: Examined,
    record: AddressRecord,
    known: UnitOnRecord,
    joined: Sequence[Brought],
    campaign: Campaign,
    now: datetime,
) -> Dossier:
    """The unit's dossier with this arrival in it, and with those that join it."""
    address, listed = examined.message.sender.address, campaign.unit_named(known.unit)
    this = Brought(
        taken.arrival,
        taken.arrived_at,
        address,
        examined.sender_doubt,
        examined.judged,
        examined.message.links,
    )
    return judge_dossier(
        known.unit,
        bool(listed and listed.expected),
        contributions_of(
            known.unit, (*known.brought, *joined, this), {**known.addresses, address: record}
        ),
        campaign,
        now,
        known.rulings,
        known.corrections,
    )


def with_links_inside(message: Message, members: tuple[Inspected, ...]) -> Message:
    """The message with the links of the mails attached to it: announced by its sender too."""
    mails = [one.mail for part in members for one in part.walk() if one.mail is not None]
    links = {link.url: link for mail in (message, *mails) for link in reversed(mail.links)}
    known = {link.url for link in message.links}
    inside = (link for url, link in links.items() if url not in known)
    return replace(message, links=(*message.links, *inside))
