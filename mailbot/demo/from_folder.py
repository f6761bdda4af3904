"""The demo's mails made from a rules folder: whatever it asks, of whichever units.

One unit sends all, one all but the last material and one file with a fault, one the first material
alone, somebody unknown the same, and a robot writes too.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mailbot.campaign.types import Campaign, Material, Unit
from mailbot.demo.filled import filled_form
from mailbot.demo.materials import files_of, form_as_word, text_of, too_small
from mailbot.demo.photos import make_photo
from mailbot.demo.submissions import Draft, Submission, as_submissions, first_deadline
from mailbot.errors import SettingsError
from mailbot.language import in_its_language, say


@in_its_language
def mails_of_folder(campaign: Campaign) -> list[Submission]:
    """Mails of the two days before the first deadline. SettingsError for a folder without units."""
    if not campaign.units:
        raise SettingsError("units.csv lists no unit; the demo needs one to write as")
    return as_submissions(campaign, tuple(_drafts(campaign)))


def _drafts(campaign: Campaign) -> Iterator[Draft]:
    day = (first_deadline(campaign) - timedelta(days=3)).astimezone(campaign.zone).date()
    first, *others = _writers(campaign.units)
    yield _of(
        campaign,
        first,
        "complete: all that is asked and welcome, in one mail",
        _all(campaign, first, day),
    )
    if others:
        faulty, about = _faulty(campaign, others[0], day)
        yield _of(campaign, others[0], about, faulty)
    if others[1:]:
        asked = campaign.materials_of(others[1].unit)
        files = files_of(campaign, asked[0], others[1], day, seed=3) if asked else {}
        yield _of(campaign, others[1], "the first material alone", files)
    if others[2:]:
        yield _of(
            campaign,
            others[2],
            "complete, of another group",
            _all(campaign, others[2], day, seed=4),
        )
    yield Draft(
        "somebody whose unit cannot be told",
        "somebody@example.test",
        say("材料"),
        say("材料见附件，请查收。"),
        {"1.jpg": make_photo(1920, 1080, 77, taken=day)},
    )
    yield Draft(
        "an automatic reply: never answered",
        _address(first),
        "Out of office",
        "I am away until Monday.",
        headers={"Auto-Submitted": "auto-replied"},
    )


def _writers(units: Sequence[Unit]) -> list[Unit]:
    """Units that are expected first, one of each group before the second of any."""
    seen: dict[str, int] = {}
    order: list[tuple[bool, int, int, Unit]] = []
    for unit in units:
        seen[unit.group] = seen.get(unit.group, 0) + 1
        order.append((not unit.expected, seen[unit.group], len(order), unit))
    return [unit for *_, unit in sorted(order, key=lambda one: one[:3])]


def _address(unit: Unit) -> str:
    return unit.addresses[0] if unit.addresses else f"unit{unit.code or 'x'}@example.test"


def _of(campaign: Campaign, unit: Unit, about: str, files: dict[str, bytes]) -> Draft:
    subject = say("{unit}报送材料", unit=unit.unit)
    return Draft(about, _address(unit), subject, text_of(campaign, unit), files)


def _all(campaign: Campaign, unit: Unit, day: date, *, seed: int = 1) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for material in campaign.materials_of(unit.unit):
        made |= files_of(campaign, material, unit, day, seed=seed)
        seed += 10
    return made


def _faulty(campaign: Campaign, unit: Unit, day: date) -> tuple[dict[str, bytes], str]:
    """A file that breaks a rule, and all the others but the last."""
    asked = [one for one in campaign.materials_of(unit.unit) if one.required]
    made: dict[str, dict[str, bytes]] = {}
    about, wrong = "", ""
    for place, material in enumerate(asked):
        files = files_of(campaign, material, unit, day, seed=200 + 10 * place)
        if not wrong and (fault := _with_a_fault(campaign, material, unit, day, files)):
            files, about = fault
            wrong = material.slot
        made[material.slot] = files
    lacking = next((one for one in reversed(asked) if one.slot != wrong), None)
    if lacking is not None and asked[1:]:
        del made[lacking.slot]
        about += f"{', ' if about else ''}without {lacking.label}"
    sent = {name: content for files in made.values() for name, content in files.items()}
    return sent, about or "everything again"


def _with_a_fault(
    campaign: Campaign, material: Material, unit: Unit, day: date, files: dict[str, bytes]
) -> tuple[dict[str, bytes], str] | None:
    """The files with one of them wrong, and what is wrong; None where nothing is known to be."""
    if too_small(campaign, material):
        name = next(iter(files))
        return files | {name: make_photo(320, 240, 5, taken=day)}, f"a photo too small ({name})"
    if material.holds != "form":
        return None
    spec = campaign.of_form(material.slot).form
    empty = next((one for one in spec.fields if one.required and one.type != "unit"), None)
    if empty is None:
        return None
    word = form_as_word(campaign, material)
    unfilled = filled_form(spec, unit.unit, day, as_word=word, changed={empty.key: ""})
    return dict.fromkeys(files, unfilled), f"a form with an empty cell ({'·'.join(empty.path)})"
