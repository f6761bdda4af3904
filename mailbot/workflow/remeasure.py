"""Measuring stored octets again, where other readers than today's measured them or none did."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from mailbot.files import BlobStore, blob_path
from mailbot.formats.archives.unpack import find_passwords
from mailbot.formats.archives.volumes import Beside
from mailbot.inbox.parting.message import parse_message
from mailbot.inbox.parting.splitter import split_file
from mailbot.inspection.fingerprint import readers_fingerprint
from mailbot.inspection.tasks import Limits, Task, text_member
from mailbot.inspection.workers.pool import Pool
from mailbot.ledger import arrivals, facts
from mailbot.ledger.facts import StoredFacts
from mailbot.ledger.store import Ledger, Row
from mailbot.model import BODY_NAME, Family, Inspected, Judged, Kind
from mailbot.objects import at_hand
from mailbot.workflow.facts import earlier_volumes, keep_facts, way_of, will_hold

_IN_FLIGHT = 16  # results held at a time

# What the sender declared is not stored; what an earlier reader found says the same of plain text.
_DECLARED = {"eml": "message/rfc822", "csv": "text/csv", "html": "text/html"}


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where and with what stored octets are measured again. The pool is started when needed."""

    open_pool: Callable[[], AbstractContextManager[Pool]]
    files: Path  # of the data folder: the octets
    blobs: Path  # where what is unpacked anew is put
    limits: Limits = field(default_factory=Limits)
    tell: Callable[[int, int], None] = lambda done, all: None  # after each file


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    again: int = 0  # contents
    kept: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    # arrival → files whose older facts stand: their octets are gone, or could not be measured now


@dataclass(frozen=True, slots=True)
class _Wanted:
    arrival: int
    name: str
    sha256: str
    way: str
    stored_way: str | None  # of what other readers measured; None: nothing is on record
    task: Task | None  # None: the octets are gone


def facts_of(ledger: Ledger, judged: Judged, arrival: int) -> StoredFacts | None:
    """What is on record of a file of this arrival, under the name it came with."""
    if judged.name == BODY_NAME and (body := facts.body(ledger, judged.sha256, arrival)):
        return body
    ending = PurePath(judged.name).suffix.lower()
    known = facts.stored(ledger, judged.sha256, ending, ending, readers_fingerprint())
    if known is None:
        return None
    # Whether the HTML body shows a picture is not stored; what was taken for decoration is.
    shown = known.inspected.family is Family.PHOTO and judged.kind is Kind.OTHER
    inspected = replace(known.inspected, name=judged.name, referenced=shown, source=judged.source)
    return known._replace(inspected=inspected)


def stale_facts(ledger: Ledger, rows: Sequence[Row]) -> int:
    """How many files and how many bodies of these arrivals were read by other readers."""
    bodies = sum(len(list(_stale_bodies(ledger, row))) for row in rows)
    return facts.stale(ledger, readers_fingerprint()) + bodies


def measure_again(ledger: Ledger, rows: Sequence[Row], workshop: Workshop) -> Measured:
    """Measure what is stale among the files of these arrivals, and put the facts on record.

    Each result is kept as it comes, in a transaction of its own: cut short, the rest is measured
    the next time. What other readers measured stands where today's cannot (octets pruned, a
    worker that died).
    """
    wanted = {(one.sha256, one.way): one for row in rows for one in _wanted(ledger, row, workshop)}
    work = [one for one in wanted.values() if one.task is not None]
    kept: dict[int, list[str]] = {}
    for one in wanted.values():
        if one.task is None and one.stored_way is not None:
            kept.setdefault(one.arrival, []).append(one.name)
    again = 0
    for row in rows:
        for judged in _stale_bodies(ledger, row):
            body = _body_read_again(workshop, row)
            if body is None:
                kept.setdefault(int(row["id"]), []).append(judged.name)
                continue
            with ledger.transaction():
                facts.record_body(
                    ledger, judged.sha256, int(row["id"]), body, readers_fingerprint()
                )
            again += 1
    if work:
        with workshop.open_pool() as pool:
            for done, (one, inspected) in enumerate(_inspected(pool, work), 1):
                if will_hold(inspected):
                    _replace(ledger, one, inspected)
                    again += 1
                elif one.stored_way is not None:
                    kept.setdefault(one.arrival, []).append(one.name)
                workshop.tell(done, len(work))
    return Measured(again, {arrival: tuple(names) for arrival, names in sorted(kept.items())})


def _stale_bodies(ledger: Ledger, row: Row) -> Iterator[Judged]:
    for judged in arrivals.files_of(row):
        if judged.name == BODY_NAME:
            stored = facts.body(ledger, judged.sha256, int(row["id"]))
            if stored is not None and stored.readers != readers_fingerprint():
                yield judged


def _body_read_again(workshop: Workshop, row: Row) -> Inspected | None:
    """The body as today's readers read it, "" where they find none; None where the mail is gone
    from the spool, or was too large to be taken whole."""
    path = workshop.files.parent / (row["spool_path"] or "")
    if row["oversize"] or not path.is_file():
        return None
    # Its attachments go to a scratch folder: those on record have their octets already.
    with TemporaryDirectory() as scratch:
        message = parse_message(split_file(path, BlobStore(Path(scratch))))
    return text_member(message.text.strip(), is_body=True)


def _inspected(pool: Pool, work: Sequence[_Wanted]) -> Iterator[tuple[_Wanted, Inspected]]:
    waiting: deque[tuple[_Wanted, Future[Inspected]]] = deque()
    for one in work:
        assert one.task is not None
        waiting.append((one, pool.submit(one.task)))
        if len(waiting) >= _IN_FLIGHT:
            first, future = waiting.popleft()
            yield first, future.result()
    for first, future in waiting:
        yield first, future.result()


def _replace(ledger: Ledger, one: _Wanted, inspected: Inspected) -> None:
    with ledger.transaction():
        keep_facts(ledger, inspected, one.way)
        if one.stored_way is not None and one.stored_way != one.way:
            facts.forget(ledger, one.sha256, one.stored_way)


def _wanted(ledger: Ledger, row: Row, workshop: Workshop) -> Iterator[_Wanted]:
    """The files of an arrival that today's readers have not measured."""
    files = arrivals.files_of(row)
    unmeasured = []
    for judged in files:
        if judged.name == BODY_NAME and facts.body_text(ledger, judged.sha256) is not None:
            continue  # no file: read again with its mail
        stored = facts_of(ledger, judged, int(row["id"]))
        if stored is None or stored.readers != readers_fingerprint():
            unmeasured.append((judged, stored))
    if not unmeasured:
        return
    beside = {
        one.name: blob_path(workshop.files, one.sha256) for one in files if one.name != BODY_NAME
    }
    before = {
        name: blob_path(workshop.files, content)
        for name, content in arrivals.files_sent_by(ledger, row["sender_address"] or "", row["id"])
    }
    earlier = earlier_volumes(beside, before)
    for path in (*beside.values(), *earlier.values()):
        at_hand(path)
    words = [row["subject"] or "", *(PurePath(name).stem for name in beside)]
    bodies = (facts.body(ledger, one.sha256, row["id"]) for one in files if one.name == BODY_NAME)
    words += [body.inspected.text for body in bodies if body is not None]
    passwords = find_passwords("\n".join(words))
    together, here = Beside(earlier | beside), Beside(beside)
    for judged, stored in unmeasured:
        way = way_of(judged.name, together.near(judged.name))
        path = at_hand(blob_path(workshop.files, judged.sha256))
        task = Task(
            path=path,
            name=judged.name,
            blobs=workshop.blobs,
            declared_type=_DECLARED.get(stored.inspected.format, "") if stored else "",
            passwords=passwords,
            siblings=tuple(here.near(judged.name).items()),
            earlier=tuple(earlier.items()),
            referenced=stored.inspected.referenced if stored else False,
            limits=workshop.limits,
        )
        yield _Wanted(
            arrival=row["id"],
            name=judged.name,
            sha256=judged.sha256,
            way=way,
            stored_way=stored.way if stored else None,
            task=task if path.is_file() else None,
        )
