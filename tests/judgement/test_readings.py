"""What the rest of a form says about a field that was read by machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.confidence import weigh_readings
from mailbot.judgement.form.values import parse_value
from mailbot.model import ILLEGIBLE, FieldValue

PARTS = ("municipal", "county", "town", "enterprise", "other")


@pytest.fixture(scope="module")
def jianghai() -> Campaign:
    return load_campaign(Path(__file__).resolve().parents[2] / "rules" / "jianghai-2017")


def read_form(campaign: Campaign, **changed: tuple[str, float]) -> dict[str, FieldValue]:
    """A whole form as it was read: text and confidence by key, `__` for the dot."""
    texts = {
        "unit": "江海市教育局",
        "reported_on": "2017年12月20日",
        "overall.drills": "15",
        "overall.participants": "1500",
        "overall.observers": "40",
        "overall.spend_wan": "3.5",
        "overall.joint_drills": "1",
        "filled_by": "填表人甲",
        "phone": "0512-65210001",
    }
    for number, part in enumerate(PARTS, 1):
        texts[f"by_organiser.{part}.drills"] = str(number)
        texts[f"by_organiser.{part}.participants"] = str(100 * number)
    read = {}
    for number, one in enumerate(campaign.form.fields):
        text, confidence = changed.get(one.key.replace(".", "__"), (texts[one.key], 0.999))
        sure = confidence >= campaign.form.confidence_bound
        value = parse_value(one.type, text) if sure else None
        read[one.key] = FieldValue(value, text, f"表1 B{number}", confidence)
    return read


def test_a_form_without_doubts_stays_as_it_is(jianghai: Campaign) -> None:
    fields = read_form(jianghai)
    assert weigh_readings(fields, jianghai) == fields


def test_a_doubtful_number_is_confirmed_by_a_sum_that_comes_out(jianghai: Campaign) -> None:
    weighed = weigh_readings(read_form(jianghai, overall__drills=("15", 0.5)), jianghai)
    assert weighed["overall.drills"].value == 15
    assert weighed["overall.drills"].confidence >= jianghai.form.confidence_bound


def test_a_doubtful_number_that_the_sum_contradicts_stays_doubtful(jianghai: Campaign) -> None:
    weighed = weigh_readings(read_form(jianghai, overall__drills=("75", 0.5)), jianghai)
    assert weighed["overall.drills"].value is None
    assert weighed["overall.drills"].raw == "75"


def test_a_wrong_sum_casts_doubt_on_what_is_not_certain(jianghai: Campaign) -> None:
    fields = read_form(
        jianghai, overall__drills=("75", 0.93), by_organiser__town__drills=("3", 0.999)
    )
    weighed = weigh_readings(fields, jianghai)
    assert weighed["overall.drills"].value is None
    assert weighed["by_organiser.town.drills"].value == 3


def test_sums_confirm_nothing_where_the_bound_is_higher(jianghai: Campaign) -> None:
    strict = replace_bound(jianghai, 0.99)
    weighed = weigh_readings(read_form(strict, overall__drills=("15", 0.5)), strict)
    assert weighed["overall.drills"].value is None


def replace_bound(campaign: Campaign, bound: float) -> Campaign:
    form = campaign.form.model_copy(update={"confidence_bound": bound})
    return campaign.model_copy(update={"form": form})


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.736", 1736), ("9. 482", 9482), ("1,736人", 1736), ("1.234.567", 1234567)],
)
def test_a_full_stop_between_thousands_was_a_comma(
    text: str, value: int, jianghai: Campaign
) -> None:
    weighed = weigh_readings(read_form(jianghai, overall__observers=(text, 0.999)), jianghai)
    assert weighed["overall.observers"].value == value


@pytest.mark.parametrize("text", ["12.5", "-3", "3S6", "1.5万3"])
def test_a_count_that_can_be_none_is_doubtful_not_wrong(text: str, jianghai: Campaign) -> None:
    read = weigh_readings(read_form(jianghai, overall__observers=(text, 0.999)), jianghai)
    assert read["overall.observers"].value is None
    assert read["overall.observers"].confidence < jianghai.form.confidence_bound


def test_money_with_three_decimals_may_be_thousands(jianghai: Campaign) -> None:
    read = weigh_readings(read_form(jianghai, overall__spend_wan=("1.736", 0.999)), jianghai)
    assert read["overall.spend_wan"].value is None


def test_a_listed_name_is_confirmed(jianghai: Campaign) -> None:
    read = weigh_readings(read_form(jianghai, unit=("江海市城乡\n建设局", 0.5)), jianghai)
    assert read["unit"].value == "江海市城乡建设局"


@pytest.mark.parametrize("name", ["江海市城乡建设", "江海市城多建设局", "江海市城乡建设局二"])
def test_a_name_one_letter_off_a_listed_one_is_doubtful(name: str, jianghai: Campaign) -> None:
    read = weigh_readings(read_form(jianghai, unit=(name, 0.999)), jianghai)
    assert read["unit"].value is None
    assert read["unit"].confidence < jianghai.form.confidence_bound


@pytest.mark.parametrize("name", ["江海市某某公司", "花园路街道办事处", "湖区"])
@pytest.mark.parametrize("confidence", [0.92, 0.999])
def test_a_name_that_is_on_no_list_is_never_sure(
    jianghai: Campaign, name: str, confidence: float
) -> None:
    weighed = weigh_readings(read_form(jianghai, unit=(name, confidence)), jianghai)["unit"]
    assert (weighed.value, weighed.raw) == (None, name)
    assert weighed.confidence < jianghai.form.confidence_bound


def test_a_field_without_a_place_was_missed_by_the_machine(jianghai: Campaign) -> None:
    fields = read_form(jianghai)
    fields |= {key: FieldValue(None, "", "") for key in ("overall.drills", "overall.observers")}
    weighed = weigh_readings(fields, jianghai)
    assert weighed["overall.drills"].raw == "□"
    assert weighed["overall.drills"].confidence == weighed["overall.observers"].confidence == 0


def test_a_contradiction_is_doubtful(jianghai: Campaign) -> None:
    fields = read_form(jianghai)
    twice = replace(fields["phone"], value=None, raw="1 / 2", where="表1 B1；表1 C1")
    weighed = weigh_readings(fields | {"phone": twice}, jianghai)
    assert weighed["phone"].confidence < jianghai.form.confidence_bound
    assert "；" not in weighed["phone"].where


@pytest.mark.parametrize("bound", [0.2, 0.85])
@pytest.mark.parametrize(
    "changed",
    [
        {"unit": ("江海市教盲局", 0.999)},
        {"overall__spend_wan": ("1.736", 0.999)},
        {"reported_on": ("2017年13月40日", 0.999)},
    ],
)
def test_what_is_doubted_falls_below_the_bound_wherever_it_is_set(
    jianghai: Campaign, bound: float, changed: dict[str, tuple[str, float]]
) -> None:
    campaign = replace_bound(jianghai, bound)
    (key,) = changed
    read = weigh_readings(read_form(campaign, **changed), campaign)[key.replace("__", ".")]
    assert read.value is None
    assert read.confidence < bound


def test_a_doubt_makes_no_reading_surer(jianghai: Campaign) -> None:
    fields = read_form(jianghai, unit=("江海市教盲局", 0.01))
    assert weigh_readings(fields, jianghai)["unit"].confidence == 0.01


def test_only_the_units_field_is_held_against_the_list_of_units(jianghai: Campaign) -> None:
    fields = read_form(jianghai, filled_by=("江海市教育局", 0.5))
    weighed = weigh_readings(fields, jianghai)["filled_by"]
    assert (weighed.value, weighed.confidence <= 0.5) == (None, True)


def test_an_empty_cell_is_no_doubt(jianghai: Campaign) -> None:
    fields = read_form(jianghai, overall__observers=("/", 0.999))
    assert weigh_readings(fields, jianghai)["overall.observers"] == fields["overall.observers"]


def test_a_sum_of_noughts_confirms_nothing(jianghai: Campaign) -> None:
    noughts = {f"by_organiser__{part}__drills": ("0", 0.999) for part in PARTS}
    weighed = weigh_readings(read_form(jianghai, overall__drills=("0", 0.5), **noughts), jianghai)
    assert weighed["overall.drills"].value is None


# By hand, from the bound of the form (0.9): a doubt leaves half the bound, 0.45, or what was less.
WEIGHED = [
    # field, text, the reader's confidence, value, confidence that is left
    ("overall.observers", "0", 0.999, 0, 0.999),
    ("overall.observers", "1", 0.999, 1, 0.999),
    ("overall.observers", "9.482", 0.9, 9482, 0.9),  # the bound itself is enough
    ("overall.observers", "9.482", 0.89, None, 0.45),
    ("overall.observers", "40", 0.5, None, 0.45),
    ("overall.observers", "40", 0.3, None, 0.3),
    ("overall.observers", "-4", 0.999, None, 0.45),
    ("overall.observers", "4□", 0.999, None, 0.45),
    ("overall.observers", "□", 0.999, None, 0.45),
    ("overall.observers", "", 0.999, None, 0.999),
    ("overall.spend_wan", "0", 0.999, 0, 0.999),
    ("overall.spend_wan", "0.5", 0.999, 0.5, 0.999),
    ("overall.spend_wan", "-3.5", 0.999, None, 0.45),
    ("overall.spend_wan", "1.736", 0.999, None, 0.45),
    ("overall.spend_wan", "约3", 0.999, None, 0.45),
    ("unit", "江海市教育局", 0.5, "江海市教育局", 0.95),
    ("unit", "江海市教育局", 0.96, "江海市教育局", 0.96),
    ("unit", "东湖区", 0.8, "东湖区", 0.95),  # short, but both readings agreed
    ("unit", "东湖区", 0.79, None, 0.45),
    ("unit", "江海市教盲局", 0.999, None, 0.45),
    ("unit", "湖区", 0.999, None, 0.45),
]


@pytest.mark.parametrize(("key", "text", "confidence", "value", "left"), WEIGHED)
def test_what_is_left_of_a_reading(
    jianghai: Campaign, key: str, text: str, confidence: float, value: object, left: float
) -> None:
    fields = read_form(jianghai, **{key.replace(".", "__"): (text, confidence)})
    weighed = weigh_readings(fields, jianghai)[key]
    assert (weighed.value, weighed.confidence) == (value, left)


def test_two_cells_that_differ_are_believed_in_neither(jianghai: Campaign) -> None:
    fields = read_form(jianghai, overall__observers=("9.482", 0.999))
    fields["overall.observers"] = replace(fields["overall.observers"], where="表1 B1；表1 B2")
    weighed = weigh_readings(fields, jianghai)["overall.observers"]
    assert (weighed.value, weighed.where, weighed.confidence) == (None, "表1 B1、表1 B2", 0.45)


@pytest.mark.parametrize(
    ("total", "town", "left"),
    [
        # The total as it was read, one part, and what is left of both: value and confidence.
        (("15", 0.5), ("3", 0.6), ((15, 0.95), (3, 0.95))),
        (("15", 0.97), ("3", 0.6), ((15, 0.97), (3, 0.95))),
        (("15", 0.95), ("3", 0.949), ((15, 0.95), (3, 0.95))),
        (("75", 0.95), ("3", 0.99), ((None, 0.5), (3, 0.99))),
        (("75", 0.99), ("3", 0.989), ((75, 0.99), (None, 0.5))),
        (("75", 0.3), ("3", 0.999), ((None, 0.3), (3, 0.999))),
        (("15", 0.5), ("3万", 0.6), ((None, 0.45), (None, 0.45))),
        (("15", 0.5), ("-3", 0.6), ((None, 0.45), (None, 0.45))),
        (("15", 0.5), ("□", 0.6), ((None, 0.45), (None, 0.45))),
        (("12", 0.5), ("0", 0.6), ((12, 0.95), (0, 0.95))),
        (("1.5", 0.5), ("3", 0.6), ((None, 0.45), (None, 0.45))),
    ],
)
def test_a_sum_says_of_each_of_its_numbers_whether_it_is_right(
    jianghai: Campaign,
    total: tuple[str, float],
    town: tuple[str, float],
    left: tuple[tuple[int | None, float], tuple[int | None, float]],
) -> None:
    fields = read_form(jianghai, overall__drills=total, by_organiser__town__drills=town)
    weighed = weigh_readings(fields, jianghai)
    read = [weighed["overall.drills"], weighed["by_organiser.town.drills"]]
    assert tuple((one.value, one.confidence) for one in read) == left


def test_the_bound_itself_is_met_by_what_a_sum_confirms(jianghai: Campaign) -> None:
    just = replace_bound(jianghai, 0.95)
    fields = read_form(just, overall__drills=("15", 0.5), unit=("江海市教育局", 0.5))
    weighed = weigh_readings(fields, just)
    assert (weighed["overall.drills"].value, weighed["unit"].value) == (15, "江海市教育局")


def test_a_number_in_two_places_adds_up_to_nothing(jianghai: Campaign) -> None:
    fields = read_form(jianghai, overall__drills=("15", 0.5))
    fields["overall.drills"] = replace(fields["overall.drills"], where="表1 B1；表1 B2")
    assert weigh_readings(fields, jianghai)["overall.drills"].value is None


def test_a_part_that_was_missed_leaves_the_total_unconfirmed(jianghai: Campaign) -> None:
    fields = read_form(jianghai, overall__drills=("15", 0.5))
    fields["by_organiser.town.drills"] = FieldValue(None, "", "")
    weighed = weigh_readings(fields, jianghai)
    assert (weighed["overall.drills"].value, weighed["overall.drills"].confidence) == (None, 0.45)


def part(number: int) -> str:
    return f"by_organiser__{PARTS[number]}__drills"


@pytest.mark.parametrize(
    ("total", "parts", "confirmed"),
    [
        ("15", ("1", "2", "3", "4", "5"), True),
        ("1", ("1", "0", "0", "0", "0"), True),
        ("0", ("0", "0", "0", "0", "0"), False),  # blanks misread as noughts agree as well
        ("15", ("1", "2", "3", "4.5", "4.5"), False),  # drills are whole
        ("5", ("1", "2", "3", "4", "-5"), False),
        ("15", ("15", "见附", "0", "0", "0"), False),  # what is not read confirms nothing
    ],
)
def test_a_sum_confirms_where_each_of_its_numbers_is_read(
    jianghai: Campaign, total: str, parts: tuple[str, ...], confirmed: bool
) -> None:
    changed = {part(number): (text, 0.5) for number, text in enumerate(parts)}
    fields = read_form(jianghai, overall__drills=(total, 0.5), **changed)
    weighed = weigh_readings(fields, jianghai)["overall.drills"]
    assert (weighed.value is not None) is confirmed
    assert (weighed.confidence >= jianghai.form.confidence_bound) is confirmed


def test_a_sum_that_is_not_read_whole_casts_no_doubt(jianghai: Campaign) -> None:
    fields = read_form(jianghai, overall__drills=("75", 0.93), **{part(0): ("见附", 0.5)})
    assert weigh_readings(fields, jianghai)["overall.drills"].value == 75


def test_sums_of_money_are_rounded_and_cast_no_doubt(campaign: Campaign) -> None:
    keys = ("overall", "by_organiser.government", "by_organiser.enterprise", "by_organiser.other")
    amounts = {f"{key}.spend_wan": text for key, text in zip(keys, "3112", strict=True)}
    fields = {
        one.key: FieldValue(
            parse_value(one.type, amounts.get(one.key, "")),
            amounts.get(one.key, ""),
            f"表1 B{number}",
            0.93,
        )
        for number, one in enumerate(campaign.form.fields, 1)
    }
    weighed = weigh_readings(fields, campaign)
    assert [weighed[key].value for key in amounts] == [3.0, 1.0, 1.0, 2.0]


def test_a_field_the_machine_missed_is_illegible_only_where_it_is_asked_for(
    jianghai: Campaign,
) -> None:
    missed = FieldValue(None, "", "")
    asked = next(one for one in jianghai.form.fields if one.required)
    other = next(one for one in jianghai.form.fields if not one.required)
    fields = read_form(jianghai) | {asked.key: missed, other.key: missed}
    weighed = weigh_readings(fields, jianghai)
    assert weighed[asked.key] == FieldValue(None, ILLEGIBLE, "", 0.0)
    assert weighed[other.key] == FieldValue(None, "", "", 0.0)


def test_a_listed_name_that_was_read_with_certainty_stays_as_sure_as_it_was(
    jianghai: Campaign,
) -> None:
    for confidence in (0.95, 0.999):
        fields = read_form(jianghai, unit=("江海市城乡建设局", confidence))
        assert weigh_readings(fields, jianghai)["unit"] == fields["unit"]
    strict = replace_bound(jianghai, 0.99)
    fields = read_form(strict, unit=("江海市城乡建设局", 0.5))
    assert weigh_readings(fields, strict)["unit"].value is None
