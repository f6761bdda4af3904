"""待办: what needs a person, most urgent first, as in the digest, and each item settled here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from mailbot.console.decided import concerned, done_words
from mailbot.console.items import FIRST, KEY_LENGTH, Item, items_of, settling_words
from mailbot.console.routes import Visit, action, page
from mailbot.console.settling import Choice, fault_words, read_offer, settle
from mailbot.console.words import filled, listed
from mailbot.deciding.desk import Desk
from mailbot.deciding.undoing import undo_decision, undoable
from mailbot.errors import MailbotError
from mailbot.ledger import audit
from mailbot.ledger.audit import AuditRow
from mailbot.wording.phrases import format_moment

_RECENT = 20
_FIGURE = "figure."


@dataclass(frozen=True, slots=True)
class Recent:
    """A decision made lately."""

    entry: AuditRow
    words: str
    when: str
    can_undo: bool


def todo(visit: Visit) -> Response:
    return _page(visit)


def settle_some(visit: Visit) -> Response:
    """One item by its own buttons, or all that are ticked."""
    carried = visit.fields("item")
    if not carried:
        return _page(visit, wrong=visit.say("请先选择事项。"), status=400)
    choice = _choice(visit)
    seen = visit.field("seen")
    told = []
    with visit.console.desk(visit.user) as desk:
        for text in carried:
            told += settle(desk, read_offer(text), choice, int(seen) if seen.isdecimal() else 0)
    failed = [one.words for one in told if not one.is_done]
    words = listed(one.words for one in told)
    if failed and len(told) == len(failed):
        with visit.console.reading() as now:  # with what the others did
            return _page(replace(visit, ledger=now), wrong=words, status=409, where=carried)
    if len(told) > 3:
        count = len(told) - len(failed)
        words = listed((filled("已办理{count}件", count=count), *failed))
    return _on_to(visit, words)


def _choice(visit: Visit) -> Choice:
    """What the form says. A button with a unit's name on it says which."""
    named = visit.field("to")
    only = visit.fields("only")  # with one that is empty, so that none ticked is not all of them
    figures = {
        name.removeprefix(_FIGURE): value.strip()
        for name, value in visit.form.multi_items()
        if name.startswith(_FIGURE) and isinstance(value, str)
    }
    return Choice(
        "assign" if named else visit.field("do"),
        named or visit.field("unit"),
        visit.field("reason"),
        tuple(filter(None, only)) if only else None,
        figures,
    )


def _on_to(visit: Visit, words: str) -> Response:
    """To the item that took the place of the one that was settled; what was done stands above
    it."""
    place = visit.field("place")
    if not (place.isascii() and place.isdecimal() and len(place) < 6):
        return visit.back_to("/todo", told=words)
    return visit.back_to(f"/todo?at={place}", told=words, fragment="at")


def take_back(visit: Visit) -> Response:
    """One decision, or all that were made with one press: all of them or none."""
    numbers = {int(one) for one in visit.fields("number") if one.isdecimal() and len(one) < 16}
    try:
        with visit.console.desk(visit.user) as desk, desk.ledger.transaction():
            for number in sorted(numbers or {0}, reverse=True):
                undo_decision(desk, number)
    except MailbotError as error:
        return _page(visit, wrong=fault_words(error), status=409)
    return _on_to(visit, visit.say("已撤销。"))


def _page(visit: Visit, wrong: str = "", status: int = 200, where: Sequence[str] = ()) -> Response:
    """`where`: the item, as its form carried it, that `wrong` is said of."""
    found = tuple(items_of(visit))
    items = tuple(one for one in found if one.offer)
    recent = _recent(visit)
    last = _last(visit.user, recent)
    failed = _whose(items, where)
    return visit.render(
        "todo.html.j2",
        status,
        title=f"{visit.say('待办')}（{len(items)}）",
        count=len(items),
        items=items,
        known=tuple(one for one in found if not one.offer),
        at=_at(visit, items) if not wrong else None,
        failed=failed,
        **settling_words(visit),
        recent=recent,
        last=last,
        undone=len({min(concerned(one.entry), default=one.words) for one in last}),
        wrong=wrong,
        firsts=FIRST,
    )


def _whose(items: Sequence[Item], carried: Sequence[str]) -> str:
    """The name of the one item whose form carried this, "" where there is none."""
    wanted = set(carried)
    return next((one.key for one in items if wanted and wanted <= {*one.all_carried}), "")


def _at(visit: Visit, items: Sequence[Item]) -> int | None:
    """Before which item the page begins: its number, or the key of an item that somebody looked
    into."""
    asked = visit.asked("at")
    if len(asked) == KEY_LENGTH:
        return next((place for place, one in enumerate(items) if one.key == asked), None)
    place = visit.number_asked("at", -1)
    return min(place, len(items)) if place >= 0 else None


def _last(user: str, recent: Sequence[Recent]) -> list[Recent]:
    """What the user decided last, with one press, if all of it can be taken back."""
    mine = [one for one in recent if one.entry.by == user]
    group = [one for one in mine if one.entry.at == mine[0].entry.at]
    return group if all(one.can_undo for one in group) else []


def _recent(visit: Visit) -> Sequence[Recent]:
    newest = audit.newest(visit.ledger, _RECENT)
    desk = Desk(visit.ledger, visit.campaign, visit.console.settings, visit.user, visit.now)
    possible = undoable(desk, [entry.id for entry in newest])
    return [
        Recent(
            entry,
            done_words(entry, visit.campaign),
            format_moment(entry.at, visit.console.settings.zone),
            entry.id in possible,
        )
        for entry in newest
    ]


routes = [
    page("/todo", todo, needs="viewer"),
    action("/todo/settle", settle_some, needs="clerk"),
    action("/todo/undo", take_back, needs="clerk"),
]
