"""A text where a figure belongs costs its own field and none beside it.

In a matrix it may hide the measure from the figures under it: those are left open then, never
read as something else.
"""

import pytest
from make.form_layouts import LAYOUTS, Box, Seeded
from make.forms import Filled, fill_form, shipped_spec

from mailbot.judgement.form.fields import extract_fields

SPEC = shipped_spec("zhengzhou-2017")
TEXTS = ("详见附件", "同上", "待统计", "已按要求开展演练，人数见花名册")


def places_of_figures(filled: Filled) -> list[tuple[int, tuple[int, int], str]]:
    """Where each field of the table stands whose text stands nowhere else."""
    fields = {one.key for one in SPEC.fields if one.place == "table"}
    every = [box.text for sheet in filled.sheets for box in sheet.boxes.values()]
    return [
        (number, at, key)
        for number, sheet in enumerate(filled.sheets)
        for at, box in sheet.boxes.items()
        for key, text in filled.raw.items()
        if key in fields and text and box.text == text and every.count(text) == 1
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_fields_beside_a_text_keep_their_figures(layout: str) -> None:
    for seed in range(8):
        filled = fill_form(Seeded(seed), SPEC, [layout])
        before = extract_fields(filled.grids, SPEC)
        places = places_of_figures(filled)
        if not places:
            continue
        number, at, key = places[seed % len(places)]
        boxes = filled.sheets[number].boxes
        boxes[at] = Box(TEXTS[seed % len(TEXTS)], boxes[at].rows, boxes[at].columns)
        after = extract_fields(filled.grids, SPEC)
        kept = {one for one, read in before.items() if after[one].value == read.value}
        lost = before.keys() - kept - {key}
        assert not lost or layout == "matrix", (layout, seed)
        assert all(after[one].value is None for one in (key, *lost)), (layout, seed)
