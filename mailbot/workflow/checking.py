"""Judging files without mailbox, ledger or settings: the work behind `mailbot check`.

What only mails need (`checking_mail`) is imported when there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mailbot.campaign.types import Campaign
from mailbot.errors import NotFoundError
from mailbot.formats.archives.volumes import Beside, volumes_beside
from mailbot.inspection.tasks import Task
from mailbot.inspection.workers.pool import InspectionPool, Pool
from mailbot.judgement.files import Context, judge_file
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms
from mailbot.judgement.whose.names import UnitNames
from mailbot.language import in_its_language
from mailbot.model import Inspected, Judged, Message, NoAnswer
from mailbot.report.as_json import judged_json

if TYPE_CHECKING:
    from mailbot.judgement.whose.unit import Identity


def check_paths(
    paths: Sequence[Path], campaign: Campaign, pool: Pool | None = None
) -> list[tuple[Judged, dict[str, Any]]]:
    """Judge each file, and each file of a folder; the verdict and its R, in order.

    NotFoundError for a path that is not there. What is unpacked is kept in a temporary folder
    and gone afterwards.
    """
    return [(one.judged, one.result) for one in examine_paths(paths, campaign, pool)]


@dataclass(frozen=True, slots=True)
class Examined:
    """One of the paths: the verdict, its R, and of a mail the mail and whose it is."""

    path: str
    judged: Judged
    result: dict[str, Any]
    message: Message | None = None
    identity: Identity | None = None
    no_answer: NoAnswer | None = None


@in_its_language
def examine_paths(
    paths: Sequence[Path], campaign: Campaign, pool: Pool | None = None
) -> list[Examined]:
    """As `check_paths`, with what a reply is made from."""
    files = [file for path in paths for file in _files(path)]
    folders: dict[Path, dict[str, Path]] = {}
    for file in files:
        folders.setdefault(file.parent, {})[file.name] = file
    beside = {folder: Beside(inside) for folder, inside in folders.items()}
    with TemporaryDirectory(prefix="mailbot-check-") as scratch:
        own_pool = InspectionPool() if pool is None else None
        try:
            futures = [
                (pool or own_pool or InspectionPool()).submit(
                    Task(
                        path=file,
                        name=file.name,
                        blobs=Path(scratch),
                        siblings=_volumes_beside(file, beside[file.parent]),
                    )
                )
                for file in files
            ]
            return [
                _check(str(file), future.result(), campaign)
                for file, future in zip(files, futures, strict=True)
            ]
        finally:
            if own_pool is not None:
                own_pool.close()


def _volumes_beside(file: Path, folder: Beside) -> tuple[tuple[str, Path], ...]:
    """The other volumes of its archive among the files of the same folder, and itself."""
    near = folder.near(file.name)
    return tuple((name, near[name]) for name in volumes_beside(file.name, near))


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or every file below the folder but hidden ones, in order of name."""
    if path.is_dir():
        yield from sorted(
            file
            for file in path.rglob("*")
            if file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    elif path.is_file():
        yield path
    else:
        raise NotFoundError(f"no file or folder {path}")


def _check(path: str, inspected: Inspected, campaign: Campaign) -> Examined:
    names = UnitNames(campaign)
    mails = {(one.name, one.sha256): one.mail for one in inspected.walk() if one.mail is not None}

    def mail_of(judged: Judged) -> dict[str, Any] | None:
        from mailbot.workflow.checking_mail import told_of_mail

        message = mails.get((judged.name, judged.sha256), Message())  # one that cannot be read
        return told_of_mail(message, judged.members, campaign, names)

    message = inspected.mail
    identity = None
    if message is None:
        judged = judge_file(inspected, campaign)
    else:
        from mailbot.workflow.checking_mail import identity_of, is_automatic

        context = Context(subject=message.subject, automatic=is_automatic(message))
        judged = judge_file(inspected, campaign, context)
        identity = identity_of(message, judged.members, campaign, names)
    (judged,) = hold_foreign_forms((judged,), identity.unit if identity else None, names)
    no_answer = None
    if message is not None:
        from mailbot.workflow.checking_mail import may_not

        no_answer = may_not(message, campaign, judged.members, names)
    return Examined(path, judged, judged_json(judged, path, mail_of), message, identity, no_answer)
