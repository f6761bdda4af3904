"""Subject, opening, list and attachment agree on whether the unit must do something.

Generated over every verdict of every slot: one slot at a time against all the others, and pairs.
"""

import re
from dataclasses import replace
from itertools import combinations, product

import pytest
from make.dossiers import arrival_of, dossier_of, finding, good_files, judged, slot_of
from make.replies import both, parse, request

from mailbot.campaign.types import Campaign
from mailbot.model import Dossier, Judged, Kind, ReplyKind, Severity, SlotVerdict, Verdict
from mailbot.outbox.compose.reply import choose_kind, compose_reply
from mailbot.outbox.owed import form_to_enclose

SLOTS = ("form", "plan", "summary", "video", "photo", "text")
RELIEF = re.compile(r"无需(?:再|重新|重复)?(?:报送?|补报)|不必再报")
MUST = re.compile(r"^【请(?:补正|补报|补充)】")


def a_file(slot: str, verdict: SlotVerdict) -> Judged | None:
    if verdict is SlotVerdict.ACCEPTED:
        return good_files()[slot]
    if verdict is SlotVerdict.REJECTED:
        wrong = finding("DOCUMENT_BROKEN", "文件已损坏。请重新报送。", actual="损坏")
        return judged(f"{slot}.bin", Kind(slot), "bin", wrong)
    if verdict is SlotVerdict.HELD:
        scan = finding("DOCUMENT_SCAN", "扫描件。", severity=Severity.WARNING)
        return judged(f"{slot}.pdf", Kind(slot), "pdf", scan, verdict=Verdict.HELD)
    return None


def a_dossier(campaign: Campaign, verdicts: dict[str, SlotVerdict]) -> Dossier:
    slots = []
    for slot in SLOTS:
        verdict = verdicts.get(slot, SlotVerdict.ACCEPTED)
        file = a_file(slot, verdict)
        slots.append(slot_of(campaign, slot, verdict, *((file,) if file else ())))
    return dossier_of(campaign, *slots)


CASES = [
    {},
    *({slot: verdict} for slot, verdict in product(SLOTS, SlotVerdict)),
    *(
        {first: one, second: other}
        for (first, second), one, other in product(
            combinations(SLOTS, 2), tuple(SlotVerdict)[:1] + tuple(SlotVerdict)[3:],
            tuple(SlotVerdict),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("enquiry", [False, True])
def test_every_combination_agrees_with_itself(campaign: Campaign, enquiry: bool) -> None:
    for verdicts in CASES:
        dossier = a_dossier(campaign, verdicts)
        files = [file.judged for slot in dossier.slots.values() for file in slot.files]
        arrival = replace(arrival_of(*([] if enquiry else files)), enquiry=enquiry)
        kind = choose_kind(dossier, [arrival])
        enclosed = form_to_enclose(campaign, kind, dossier)
        asked = request(campaign, kind, arrivals=(arrival,), dossier=dossier, attachments=enclosed)
        mail = parse(compose_reply(asked))
        subject = str(mail["Subject"])
        missing = [one for one in dossier.slots.values() if one.verdict is SlotVerdict.MISSING]
        named = [str(part.get_filename()) for part in mail.iter_attachments()]
        for side in both(asked):
            lists = bool(re.search("【?(?:需补正|未收到|请补充)】?", side.partition("材料清单")[0]))
            told = f"{verdicts} {subject} {side[:300]}"
            assert bool(MUST.match(subject)) == lists, told
            if MUST.match(subject):
                assert not RELIEF.search(side), told
            if kind is ReplyKind.RECEIPT:
                assert subject.startswith("【已收到】"), told
            for slot in missing:
                assert f"{slot.label}" in side, told
            if missing:
                assert "无需重新报送" not in side, told
            assert ("随件附" in side) == bool(enclosed), told
            sources = re.findall(r"依据：?(?:以上各项均据)?(郑安委办[^”]{0,60})", side)
            assert len(sources) == len(set(sources)), told
        assert [name for name, _ in enclosed] == [one for one in named if one != "来件登记.txt"]
        assert "来件登记.txt" in named
