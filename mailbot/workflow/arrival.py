"""One arrival from raw octets to committed verdict and queued reply.

    spool ─► part ─► inspect (workers) ─► judge ─► one commit: verdict, dossier, open reply

`begin` brings the octets home and sends the files to the workers; `finish` waits for them,
judges, and commits. Between the two, other arrivals are begun: download and inspection overlap.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mailbot.campaign.types import Campaign
from mailbot.clock import Clock
from mailbot.deciding.by_mail import receiver_of, take_office_answer
from mailbot.dossiers.on_record import address_record, correspondence_of, unit_on_record
from mailbot.dossiers.roster import by_rules_in_force
from mailbot.errors import (
    MailbotError,
    PermanentFault,
    TemporaryFault,
    is_of_the_machine,
    is_temporary,
)
from mailbot.events import FIELDS, tell
from mailbot.formats.archives.volumes import Beside
from mailbot.inbox.mailboxes.protocol import Mailbox
from mailbot.inbox.screening.automail import brings_material
from mailbot.inbox.screening.bounces import REPORTERS, Bounce, read_bounce
from mailbot.inbox.screening.sender import doubt_sender, related, signatures_of, states_results
from mailbot.inspection.tasks import Around, attachment_task, mail_members
from mailbot.inspection.workers.limits import limits_of
from mailbot.inspection.workers.pool import Pool, ended_badly
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger import arrivals, attempts, correspondence
from mailbot.ledger.search import record_words, words_of
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import BODY_NAME, Inspected, Message
from mailbot.objects import secure
from mailbot.outbox.etiquette import QUIET
from mailbot.settings.types import Settings
from mailbot.workflow.decide import Outcome, Taken, decide, examine, with_links_inside
from mailbot.workflow.earlier_volumes import SentVolumes
from mailbot.workflow.facts import keep_facts, known_facts, way_of
from mailbot.workflow.intake import BY_LINK, Intake
from mailbot.workflow.quota import Quotas, Unpacking
from mailbot.workflow.record import record

log = logging.getLogger(__name__)

MAX_TRIES = 3  # then an arrival is quarantined for a person (mail facts: "at most 3 times")

Finished = Literal["examined", "failed", "quarantined"]


@dataclass(slots=True)
class InFlight:
    """An arrival whose attachments are being inspected."""

    row: Row
    message: Message
    defects: tuple[str, ...]
    inspected: list[Inspected | Future[Inspected]]  # one for each attachment
    volumes: dict[str, Path]  # of its archives, from earlier mails
    unpacking: Unpacking
    proven: bool  # its sender is who he says
    flushed: Future[None] | None  # on its way to the disk, and not in the ledger yet


class Pipeline:
    """Turns arrivals of one mailbox into entries of one ledger, one commit each."""

    def __init__(
        self,
        *,
        settings: Settings,
        campaign: Campaign,
        ledger: Ledger,
        mailbox: Mailbox,
        pool: Pool,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._campaign = campaign
        self._ledger = ledger
        self._pool = pool
        self._clock = clock
        self._names = UnitNames(campaign)
        self._data = settings.paths.data
        self._files = self._data / "files"
        self._intake = Intake(settings, ledger, mailbox, settings.own_addresses(campaign.mailbox))
        self._limits = limits_of(settings.limits)
        self._quotas = Quotas(settings, ledger, pool)
        self.hear(lambda: None)
        self._sent_volumes = SentVolumes(ledger, self._files)

    def hear(self, beat: Callable[[], None]) -> None:
        """`beat` is called at every megabyte received and every file inspected."""
        self._beat = self._intake.beat = beat

    def use(self, campaign: Campaign) -> None:
        """Go on with this campaign: something was added to its units, or its rules are others."""
        if campaign is not self._campaign:
            self._campaign, self._names = campaign, UnitNames(campaign)

    def begin(self, row: Row, *, ahead: bool = False) -> InFlight:
        """Bring the octets home, part them, and send the attachments to the workers.

        `row` is discovered or spooled; `ahead`: the disk takes the octets in while others are
        begun, and the ledger names them when this one is finished. Raises what the mailbox raises.
        """
        home = self._intake.bring_home(row, ahead=ahead)
        volumes = self._sent_volumes.earlier(home.message)
        secure(self._files, (each.blob.sha256 for each in home.message.attachments))
        sender = home.message.sender.address
        proven = doubt_sender(home.message, receiver_of(self._settings)) == ""
        unpacking = self._quotas.begin(sender, proven=proven, now=self._clock.now())
        inspected = self._inspect(home.message, 0, volumes, unpacking)
        message = self._intake.with_fetched(home.message)
        inspected += self._inspect(message, len(inspected), volumes, unpacking)
        return InFlight(
            row=home.row,
            message=message,
            defects=home.defects,
            inspected=inspected,
            volumes=volumes,
            unpacking=unpacking,
            proven=proven,
            flushed=home.flushed,
        )

    def _inspect(
        self, message: Message, first: int, volumes: dict[str, Path], unpacking: Unpacking
    ) -> list[Inspected | Future[Inspected]]:
        """Facts on record, or on their way, of the attachments from the `first` on."""
        attachments = message.attachments[first:]
        if not attachments:
            return []
        around, beside = Around.of(message), _beside(message, volumes)
        inspected: list[Inspected | Future[Inspected]] = []
        for one in attachments:
            known = known_facts(self._ledger, one.blob.sha256, _way(one.name, beside))
            if known is not None:
                inspected.append(replace(known, name=one.name, referenced=one.referenced))
                continue
            task = attachment_task(around, one, self._files, self._limits)
            task = replace(task, earlier=tuple(volumes.items()), previews=True)
            inspected.append(unpacking.submit(task))
        return inspected

    def finish(self, flight: InFlight) -> Finished:
        """Wait for the workers, judge, and commit the arrival with all that follows from it.

        When it failed, the ledger has the error, and the arrival is tried again or quarantined.
        TemporaryFault when the machine failed, not the arrival.
        """
        try:
            inspected = [self._result(one) for one in flight.inspected]
            if not flight.row["let_through"]:
                _refuse_poison(inspected)
            results = iter(inspected)
            members = mail_members(
                flight.message,
                lambda one: replace(next(results), source=BY_LINK if one.part == BY_LINK else ""),
            )
            # Durable wherever it is to rest, before the ledger names it.
            secure(self._files, _contents(members))
            self._intake.wait_for_disk(flight.flushed)
            with self._ledger.transaction():
                self._intake.note_spooled(flight.row, flight.flushed)
                told = self._settle(flight, members)
                self._record_unpacked(flight)
        except Exception as error:  # the machine's is tried again, any other is counted
            self._note_spooled(flight)
            if is_of_the_machine(error):
                raise TemporaryFault("disk", f"arrival {flight.row['id']}: {error}") from error
            # G5: no message stops the ones after it.
            with self._ledger.transaction():
                self._record_unpacked(flight)
            return "quarantined" if self.note_failure(flight.row, error) else "failed"
        tell(log, "examined", arrival=flight.row["id"], **told)
        return "examined"

    def _note_spooled(self, flight: InFlight) -> None:
        """It failed, but it is here: not fetched again, where the disk has it."""
        with suppress(MailbotError):
            self._intake.wait_for_disk(flight.flushed)
            with self._ledger.transaction():
                self._intake.note_spooled(flight.row, flight.flushed)

    def _result(self, one: Inspected | Future[Inspected]) -> Inspected:
        inspected = one.result() if isinstance(one, Future) else one
        self._beat()
        return inspected

    def _record_unpacked(self, flight: InFlight) -> None:
        self._quotas.record(
            int(flight.row["id"]),
            flight.message.sender.address,
            flight.unpacking,
            self._clock.now(),
            proven=flight.proven,
        )

    def _settle(self, flight: InFlight, members: tuple[Inspected, ...]) -> dict[str, Any]:
        """Read what is on record, decide, and record what follows: all or none (G2). What the
        log says of it."""
        ledger, row, now = self._ledger, flight.row, self._clock.now()
        # Begun before other rules were put in force, it is judged by those all the same.
        self.use(by_rules_in_force(ledger, self._campaign))
        campaign = self._campaign
        message = with_links_inside(flight.message, members)
        no_answer = self._intake.classify(message)
        if no_answer is None and take_office_answer(
            ledger, campaign, self._settings, row, message, flight.defects, now
        ):
            # Its text bears the codes by which the office decides.
            record_words(ledger, int(row["id"]), words_of(replace(message, text=""), ()))
            return {"no_answer": "office_answer"}
        taken = Taken(
            arrival=int(row["id"]),
            arrived_at=moment(row["arrived_at"]),
            sha256=row["sha256"],
            size=row["size"],
            message=message,
            members=members,
            defects=flight.defects,
            no_answer=no_answer,
            robot=self._intake.robot(message) if no_answer is None else None,
        )
        address = message.sender.address
        whose = address_record(ledger, campaign, address)
        receiver = receiver_of(self._settings)
        doubt = doubt_sender(message, receiver)
        signed = tuple(one.digest for one in signatures_of(message))
        earlier = arrivals.same_message(ledger, taken.arrival, taken.sha256, message, doubt, signed)
        examined = examine(
            taken,
            whose,
            earlier,
            campaign,
            self._names,
            receiver,
            from_office=address in self._settings.office.addresses,
        )
        unit = examined.unit
        known = (
            unit_on_record(ledger, campaign, unit, address) if unit and examined.counts else None
        )
        bounced = "" if brings_material(no_answer) else self._bounced_recipient(message)
        outcome = decide(
            taken,
            examined,
            whose,
            known,
            campaign,
            now,
            settle_seconds=self._settings.outbox.settle_seconds,
            heard=correspondence_of(ledger, address, now - QUIET, forged=doubt == "failed"),
            wrote_to=bounced,
        )
        record(ledger, campaign, self._settings, outcome)
        record_words(ledger, taken.arrival, words_of(message, members))
        beside = _beside(flight.message, flight.volumes)
        for part in members:
            keep_facts(ledger, part, _way(part.name, beside))
        return _told(outcome)

    def _bounced_recipient(self, message: Message) -> str:
        """The address that a bounce of a mail of ours calls dead for good; "" where it is none.

        Anyone can write a bounce, and a unit that is called dead hears nothing more. One that
        names a mail must name one that left for that address; one that names none is believed
        only from the postmaster of that address's domain or of ours, proven, where the server
        states results at all.
        """
        bounce = read_bounce(message)
        if bounce is None or not bounce.permanent:
            return ""
        if bounce.message_ids:
            ours = correspondence.was_sent_as(self._ledger, bounce.recipient, bounce.message_ids)
        else:
            receiver = receiver_of(self._settings)
            doubt = doubt_sender(message, receiver)
            stated = doubt == "failed" or states_results(message, receiver)
            ours = correspondence.was_written_to(self._ledger, bounce.recipient)
            ours = ours and not (stated and (doubt or not self._reports_on(message, bounce)))
        return bounce.recipient if ours else ""

    def _reports_on(self, message: Message, bounce: Bounce) -> bool:
        """Whether its sender is a server's postmaster who may know of the bounced address."""
        local, _, domain = message.sender.address.rpartition("@")
        servers = (
            bounce.recipient.rpartition("@")[2],
            self._settings.own_domain(self._campaign.mailbox),
        )
        return local.lower() in REPORTERS and any(related(domain, one) for one in servers)

    def note_failure(self, row: Row, error: Exception, *, blame: bool = True) -> bool:
        """Put on record why this try failed; whether the arrival is quarantined now.

        Without `blame` the failure was none of the arrival's doing, and no try is used up.
        """
        kind = "temporary" if is_temporary(error) else "permanent"
        log.warning(
            "arrival %s failed (%s): %s",
            row["id"],
            kind,
            error,
            exc_info=log.isEnabledFor(logging.DEBUG),
            extra={FIELDS: {"arrival": row["id"], "fault": kind}},
        )
        text = f"{type(error).__name__}: {error}"
        with self._ledger.transaction():
            if blame:
                return attempts.blame(self._ledger, row["id"], text, MAX_TRIES)
            attempts.record_error(self._ledger, row["id"], text)
        return False


def _told(outcome: Outcome) -> dict[str, Any]:
    """What became of an arrival, for the log: no word of its sender's."""
    examined = outcome.examined
    return {
        "unit": examined.unit or "unknown",
        "files": sum(1 for one in examined.judged if one.name != BODY_NAME),
        "held": ",".join(examined.held_reasons),
        "no_answer": examined.no_answer.code if examined.no_answer else "",
        "answer_due": outcome.due.isoformat(" ", "seconds") if outcome.due else "",
    }


def _refuse_poison(inspected: Sequence[Inspected]) -> None:
    """Raises where a file ended its worker: the next try may find the machine in better health."""
    for one in inspected:
        fault = ended_badly(one)
        if fault is not None:
            reason = f"{fault.code} {fault.detail}".strip()
            raise PermanentFault("inspection_died", f"the inspection of {one.name}: {reason}")


def _contents(members: Iterable[Inspected]) -> Iterator[str]:
    """The hashes of all octets that came, unpacked ones among them."""
    return (one.sha256 for part in members for one in part.walk() if one.blob_path is not None)


def _beside(message: Message, volumes: dict[str, Path]) -> Beside:
    came = {one.name: Path(one.blob.path) for one in message.attachments}
    return Beside(volumes | came)


def _way(name: str, beside: Beside) -> str:
    return way_of(name, beside.near(name))
