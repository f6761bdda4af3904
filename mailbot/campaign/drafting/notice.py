"""A notice's text read into the draft of a rules folder: what it says, and from which sentence.

Patterns for how offices write such notices, no model and no network. What the text does not say
outright is a guess and says why; `folder` marks it 待确认, and `rules check` refuses the
folder until a person has looked.
"""

from dataclasses import replace

from mailbot.campaign.drafting.contacts import contact_of, mailboxes_of, phone_of
from mailbot.campaign.drafting.deadlines import deadlines_of
from mailbot.campaign.drafting.figures import figures, fits
from mailbot.campaign.drafting.head import issuer_of, number_of_notice, title_of, year_of
from mailbot.campaign.drafting.items import items_of, slots_by_sentence
from mailbot.campaign.drafting.materials import form_title_of, materials_of, names_of
from mailbot.campaign.drafting.said import Draft
from mailbot.campaign.drafting.sentences import head_of, sentences_of


def draft_notice(text: str, this_year: int) -> Draft:
    """What the notice says; `this_year` is taken where it names no year at all."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n")]
    sentences = tuple(sentences_of(lines))
    items = items_of(sentences)
    of = slots_by_sentence(items)
    head = head_of(lines)
    number, title, issuer = number_of_notice(lines, head), title_of(head), issuer_of(lines, head)
    year, issued = year_of(number, lines, this_year)
    known = {item.asked.slot: item.asked for item in items}
    limits = tuple(
        replace(
            figure,
            slot=slot if (slot := of.get(figure.source)) and fits(figure, known[slot]) else "",
        )
        for figure in figures(sentences, year)
    )
    listed = tuple(item.asked for item in items)
    within = {sentence for item in items for sentence in item.sentences}
    return Draft(
        title=title,
        document_number=number,
        issuer=issuer,
        contact=contact_of(sentences),
        phone=phone_of(sentences),
        mailboxes=tuple(mailboxes_of(sentences)),
        year=year,
        deadlines=tuple(deadlines_of(sentences, year, issued)),
        materials=tuple(materials_of(sentences, limits, title.value, listed, within)),
        figures=limits,
        names=tuple(names_of(sentences)),
        form_title=form_title_of(sentences),
        issued=issued,
        text=text,
        sentences=sentences,
        paragraphs=tuple(item.sentences for item in items),
    )
