"""What the office is told of photographs across all dossiers: sent twice, or of another season."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from mailbot.campaign.types import Campaign
from mailbot.language import say
from mailbot.report.digest.duplicates import Photo, SamePhoto, find_same_photos
from mailbot.wording.phrases import format_date

# No rule names a season. A drill may well precede the notice; last year's month of the same name
# is the case that matters, and lies eleven months back. A camera whose clock was reset says 2000.
_LONG_BEFORE = timedelta(days=120)
_CLOCK_SLACK = timedelta(days=1)  # a camera's clock knows no zone and is set by hand
_SHOWN = 3  # examples in one line; the rest is counted


def photo_warnings(
    photos: Sequence[Photo], arrived: Mapping[int, datetime], campaign: Campaign
) -> Iterator[tuple[str, str]]:
    """Units and what is odd: a line for each set of units that share photographs, and for each
    unit with odd dates. `arrived` says when each arrival came.
    """
    by_units: dict[tuple[str, ...], list[SamePhoto]] = {}
    for same in find_same_photos(photos):
        by_units.setdefault(tuple(sorted(same.units)), []).append(same)
    # Photographs in several dossiers first: they decide about assessments.
    for units, found in sorted(by_units.items(), key=lambda item: (len(item[0]) == 1, item[0])):
        yield say("、").join(units), _same_words(found, several=len(units) > 1)
    odd: dict[str, list[str]] = {}
    for photo in photos:
        when = _odd_date(photo, arrived[photo.arrival], campaign)
        if when is not None:
            odd.setdefault(photo.unit, []).append(
                say("{name}（{date}）", name=photo.name, date=format_date(when))
            )
    for unit, words in sorted(odd.items()):
        yield unit, say("照片拍摄日期不在活动期间：{listed}，请核对", listed=_listed(words))


def _same_words(found: Sequence[SamePhoto], *, several: bool) -> str:
    exact = all(same.exact for same in found)
    if several:
        what = say("报送了同一张照片") if exact else say("报送了相同或几乎相同的照片")
    else:
        what = say("同一张照片重复报送") if exact else say("重复报送相同或几乎相同的照片")
    return say("{what}：{listed}", what=what, listed=_listed([_together(same) for same in found]))


def _together(same: SamePhoto) -> str:
    several = len(same.units) > 1
    return say("＝").join(
        say(
            "{unit}{name}（第{arrival}号来信）",
            unit=photo.unit if several else "",
            name=photo.name,
            arrival=photo.arrival,
        )
        for photo in same.photos[:_SHOWN]
    ) + (say("等{count}份", count=len(same.photos)) if len(same.photos) > _SHOWN else "")


def _listed(words: Sequence[str]) -> str:
    more = say("等{count}处", count=len(words)) if len(words) > _SHOWN else ""
    return say("；").join(words[:_SHOWN]) + more


def _odd_date(photo: Photo, arrived_at: datetime, campaign: Campaign) -> date | None:
    """The day it was taken, where that is long before the campaign or after it arrived."""
    try:
        taken = datetime.fromisoformat(photo.taken_at).replace(tzinfo=campaign.zone)
    except ValueError:
        return None
    too_late = taken > arrived_at + _CLOCK_SLACK
    return taken.date() if too_late or taken.date() < campaign.opening - _LONG_BEFORE else None
