"""From the server to a parted message at rest: the first half of an arrival's way.

What is on disk is durable before the ledger names it, and what rotted there is fetched again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from mailbot.errors import PermanentFault, TemporaryFault
from mailbot.events import tell
from mailbot.files import BlobStore
from mailbot.flushing import Flusher
from mailbot.inbox.links.fetch import fetch_links
from mailbot.inbox.mailboxes.protocol import Mailbox, MessageGone
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import Skeleton
from mailbot.inbox.screening.automail import brings_material, classify_automail
from mailbot.inbox.screening.words import class_of_words
from mailbot.inbox.spool import Spool, Spooled
from mailbot.ledger import arrivals, correspondence
from mailbot.ledger.store import Ledger, Row
from mailbot.model import Attachment, Message, NoAnswer
from mailbot.settings.types import Settings

log = logging.getLogger(__name__)

BY_LINK = "链接"  # where a fetched file lay: in no part of the mail


@dataclass(frozen=True, slots=True)
class Home:
    """An arrival in the spool, its attachments among the blobs.

    `flushed`: what came with it is on its way to the disk, and `row` not yet in the ledger.
    """

    row: Row  # as it stands in the ledger now, or will
    message: Message
    defects: tuple[str, ...]
    flushed: Future[None] | None = None


class Intake:
    """Takes arrivals of one mailbox into one data folder."""

    def __init__(
        self, settings: Settings, ledger: Ledger, mailbox: Mailbox, own: frozenset[str]
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._mailbox = mailbox
        self._own = own
        self._data = settings.paths.data
        self._flusher = Flusher()
        blobs = BlobStore(self._data / "files", flusher=self._flusher)
        self._spool = Spool(self._data / "spool", blobs)
        self.beat: Callable[[], None] = lambda: None

    def bring_home(self, row: Row, *, ahead: bool = False) -> Home:
        """The message of a discovered or spooled row. Raises what the mailbox raises.

        `ahead`: of one that is received now the ledger learns when `note_spooled` is called, and
        the disk takes it in meanwhile. A mail that may end this process is not to go ahead: the
        ledger has to know by then that it is here (G11).
        """
        defects: tuple[str, ...] = ()
        flushed: Future[None] | None = None
        skeleton = self._reread(row) if row["state"] == "spooled" else None
        if skeleton is None:
            spooled = self._receive(row)
            flushed = self._flusher.begin()
            row = {
                **row,
                "state": "spooled",
                "spool_path": str(spooled.path.relative_to(self._data)),
                "sha256": spooled.sha256,
                "oversize": int(spooled.oversize),
                "last_error": "",
            }
            tell(log, "spooled", arrival=row["id"], octets=spooled.size)
            skeleton = spooled.skeleton
            if spooled.short:
                defects += ("truncated",)
            if not ahead:
                self.wait_for_disk(flushed)
                with self._ledger.transaction():
                    self._record(row)
                flushed = None
        else:
            self.wait_for_disk(self._flusher.begin())
        if row["oversize"]:
            defects += ("too_large",)
        message = parse_message(skeleton)
        if row["oversize"]:  # the headers alone: what is missing was never fetched
            message = replace(message, defects=())
        defects = tuple(dict.fromkeys((*defects, *message.defects)))
        return Home(row, message, defects, flushed)

    def note_spooled(self, row: Row, flushed: Future[None] | None) -> None:
        """The ledger learns that a mail which went ahead is here: after `wait_for_disk`."""
        if flushed is not None and flushed.done():
            self._record(row)

    def _record(self, row: Row) -> None:
        arrivals.record_spooled(
            self._ledger,
            row["id"],
            path=row["spool_path"],
            sha256=row["sha256"],
            oversize=bool(row["oversize"]),
        )

    @staticmethod
    def wait_for_disk(flushed: Future[None] | None) -> None:
        """Returns once the octets are on the disk; TemporaryFault "disk" where it refused them."""
        try:
            if flushed is not None:
                flushed.result()
        except OSError as error:
            raise TemporaryFault("disk", f"cannot store a message: {error}") from error

    def _receive(self, row: Row) -> Spooled:
        try:
            return self._spool.receive(
                self._mailbox,
                arrivals.listing_of(row),
                max_size=self._settings.limits.message_bytes,
                beat=self.beat,
            )
        except MessageGone:
            if row["state"] == "discovered":
                raise
            # It was here, so it is no recall: a person must hear of it.
            raise PermanentFault(
                "spool_damaged", "damaged in the spool, and gone from the mailbox"
            ) from None

    def _reread(self, row: Row) -> Skeleton | None:
        """The spooled message once more; None when it rotted, and must be fetched again."""
        path = self._data / row["spool_path"]
        skeleton = self._spool.take_up(path, row["sha256"])
        if skeleton is None:
            log.error("%s is damaged; arrival %s is fetched again", path, row["id"])
        return skeleton

    def with_fetched(self, message: Message) -> Message:
        """What links of allowed hosts lead to, as attachments; the other links stay announced."""
        links = self._settings.links
        if not (links.fetch_hosts and message.links and brings_material(self.classify(message))):
            return message
        came, left = fetch_links(
            message.links,
            hosts=links.fetch_hosts,
            max_bytes=links.max_bytes,
            timeout_s=links.timeout_seconds,
            max_redirects=links.max_redirects,
            blobs=BlobStore(self._data / "files"),
        )
        fetched = (Attachment(one.name, one.blob, BY_LINK, declared_type="") for one in came)
        return replace(message, attachments=(*message.attachments, *fetched), links=tuple(left))

    def classify(self, message: Message) -> NoAnswer | None:
        """Why this message gets no answer, or None."""
        return classify_automail(
            message,
            self._own,
            lambda id: correspondence.is_own_message_id(self._ledger, id),
            lambda id: correspondence.when_sent(self._ledger, id),
        )

    def robot(self, message: Message) -> NoAnswer | None:
        """What its words alone say of a machine, whatever files came with it."""
        if message.links:
            return None
        bare = replace(message, attachments=())
        found = class_of_words(bare, lambda id: correspondence.when_sent(self._ledger, id))
        return NoAnswer(found[0], found[1][:200]) if found else None
