"""What there is to tell the office: gathered from the ledger, for `view` to render."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.clock import midnight
from mailbot.language import in_its_language, say
from mailbot.ledger import (
    arrivals,
    correspondence,
    decisions,
    enquiries,
    refusals,
    replies,
    sending,
)
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, SlotVerdict
from mailbot.report.board import read_board
from mailbot.report.digest.duplicates import Photo
from mailbot.report.digest.open_items import list_matters
from mailbot.report.digest.photo_warnings import photo_warnings
from mailbot.report.digest.view import AnnouncedLink, DigestView, FormSum, Health, PersonItem
from mailbot.report.undelivered import undelivered
from mailbot.report.yearbook.consolidation import consolidate
from mailbot.settings.types import Settings
from mailbot.wording.phrases import format_date

WRONG_CODES = 5  # of one sender and day; past these nothing of his is read
OFFICE_ANSWER = "office_answer"  # why the office's own answer to a digest gets no reply


@in_its_language
def build_digest(
    ledger: Ledger, campaign: Campaign, settings: Settings, now: datetime
) -> DigestView:
    """What there is to tell at `now`; what is new counts from the digest before (or one day)."""
    before = ledger.meta("digest_at")
    since = min(moment(before) if before else now, now - timedelta(days=1))
    board = read_board(ledger, campaign, now)
    new = [
        row
        for row in enquiries.examined_between(ledger, since, now)
        if row["no_answer_reason"] != OFFICE_ANSWER  # the contact knows what he wrote himself
    ]
    return DigestView(
        campaign=campaign,
        date=now.astimezone(settings.zone).date(),
        now=now,
        new=tuple(map(arrivals.summary_of, new)),
        needs_person=needs_person(ledger, board, campaign, settings, now),
        board=tuple(board),
        counts=enquiries.states(ledger),
        links=tuple(_open_links(board)),
        warnings=(*_warnings(board), *_photo_warnings(ledger, campaign)),
        form_sums=tuple(_form_sums(campaign, board)),
        health=_health(ledger, settings, now),
        answers=dict(_answers(ledger, new)),
    )


def _answers(ledger: Ledger, new: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """What the office may say of each reply: 已答复 only of one that a server has taken."""
    known = replies.by_id(ledger, {int(row["reply"]) for row in new if row["reply"]})
    for row in new:
        if row["reply"] in known:
            yield int(row["id"]), _became_of(known[row["reply"]])


def _became_of(reply: Row) -> str:
    if reply["state"] in ("sent", "dead", "withdrawn"):
        return {"sent": say("已答复"), "dead": say("答复未送达"), "withdrawn": say("未答复")}[
            reply["state"]
        ]
    if reply["mode"] == "shadow":
        return say("试运行，答复未发出")
    return say("答复待批准") if reply["mode"] == "approve" else say("答复待发")


def needs_person(
    ledger: Ledger,
    board: Sequence[Dossier],
    campaign: Campaign,
    settings: Settings,
    now: datetime,
    *,
    pictures: bool = True,
) -> tuple[PersonItem, ...]:
    """Everything that only a person can settle, the most urgent first (`list_matters`)."""
    return (
        *list_matters(ledger, board, campaign, settings, now, pictures=pictures),
        *_guessed(ledger, now.astimezone(settings.zone).date()),
    )


def _guessed(ledger: Ledger, today: date) -> Iterator[PersonItem]:
    """Who wrote so many wrong codes that he was read no further, today or yesterday."""
    for day in (today - timedelta(days=1), today):
        for address, number in decisions.wrong_codes(ledger, day.isoformat()).items():
            if number >= WRONG_CODES:
                yield PersonItem(
                    "wrong_codes",
                    say(
                        "{address} {date}所写代码{number}次有误",
                        address=address,
                        date=format_date(day),
                        number=number,
                    ),
                    say("当日其后的简报答复均未读取；如非本人所为，请更换该邮箱密码"),
                )


def _open_links(board: list[Dossier]) -> Iterator[AnnouncedLink]:
    for dossier in board:
        for slot in dossier.slots.values():
            if slot.verdict is not SlotVerdict.ACCEPTED:
                for link in slot.links:
                    yield AnnouncedLink(dossier.unit, link.link, link.arrival)


def _warnings(board: list[Dossier]) -> Iterator[tuple[str, str]]:
    """Warnings on what is in force, unless a person looked at the file and let it count."""
    for dossier in board:
        for slot in dossier.slots.values():
            for file in slot.files:
                for finding in file.judged.findings if file.counts and not file.decided else ():
                    if finding.severity == "warning":
                        yield (
                            dossier.unit,
                            say(
                                "{name}：{message}", name=file.judged.name, message=finding.message
                            ),
                        )


def _photo_warnings(ledger: Ledger, campaign: Campaign) -> Iterator[tuple[str, str]]:
    rows = enquiries.accepted_photos(ledger)
    photos = [
        Photo(
            unit=row["unit"],
            name=row["name"],
            sha256=row["sha256"],
            arrival=row["arrival"],
            phash=row["phash"] or "",
            taken_at=row["taken_at"] or "",
        )
        for row in rows
    ]
    arrived = {row["arrival"]: moment(row["arrived_at"]) for row in rows}
    return photo_warnings(photos, arrived, campaign)


def _form_sums(campaign: Campaign, board: list[Dossier]) -> Iterator[FormSum]:
    """Each number column, added over the tables in force."""
    for total in consolidate(campaign, board).totals:
        if total.total is not None:
            field = total.field
            yield FormSum("·".join(field.path), total.total, field.unit, len(total.sources))


def _health(ledger: Ledger, settings: Settings, now: datetime) -> Health:
    polled = ledger.meta("last_poll")
    states: Mapping[str, int] = sending.states(ledger)
    fault = ledger.meta("delivery_fault")
    login, away = refusals.refused(ledger, "login"), refusals.mailbox_fault(ledger)
    today = now.astimezone(settings.zone).date()
    left = None
    if settings.smtp is not None:
        sent = correspondence.sent_since(ledger, midnight(now, settings.zone))
        left = max(0, settings.smtp.daily_limit - sent)
    return Health(
        last_poll=moment(polled) if polled else None,
        sends_left_today=left,
        deferred=states.get("deferred", 0),
        postponed_today=sending.postponed_on(ledger, today),
        postponed_yesterday=sending.postponed_on(ledger, today - timedelta(days=1)),
        dead=states.get("dead", 0),
        quarantined=enquiries.states(ledger).get("quarantined", 0),
        shadow=len(sending.written_in_shadow(ledger)) if settings.outbox.mode == "shadow" else 0,
        alerts=tuple(
            dict.fromkeys(
                (
                    *(one.text for one in (login, away) if one is not None),
                    *((fault,) if fault else ()),
                    *(one.text for one in undelivered(ledger)),
                    *_unread_folders(ledger),
                    *_left_in_shadow(ledger, settings),
                )
            )
        ),
    )


def _unread_folders(ledger: Ledger) -> tuple[str, ...]:
    """Folders that the settings name and the mailbox has not: what lies there is not seen."""
    missing = refusals.missing_folders(ledger)
    if not missing:
        return ()
    names = say("、").join(f"“{name}”" for name in missing)
    return (
        say(
            "邮箱中没有名为{names}的文件夹，其中的来信不会读取；"
            "请由系统管理员核对 mailbot.toml 的 extra_folders",
            names=names,
        ),
    )


def _left_in_shadow(ledger: Ledger, settings: Settings) -> tuple[str, ...]:
    """Replies that were written before the office let any go: nobody has them."""
    count = len(sending.written_in_shadow(ledger)) if settings.outbox.mode != "shadow" else 0
    if not count:
        return ()
    return (
        say(
            "试运行期间写好的{count}件答复尚未发出，收件人均未收到；"
            "请由系统管理员执行 mailbot outbox adopt --all 发出或撤下",
            count=count,
        ),
    )
