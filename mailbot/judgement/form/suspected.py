"""A picture that may be the form, though no table was found in it: a form photographed so badly
passes for a photograph of the drill, and its figures are lost without a word."""

import re
from collections.abc import Sequence
from dataclasses import replace

from mailbot.campaign.types import Campaign
from mailbot.judgement.classify import Titles
from mailbot.judgement.writing import own_subject, own_words
from mailbot.language import say
from mailbot.model import Finding, Judged, Kind, Severity, Verdict

CODE = "PHOTO_MAYBE_FORM"
_OF_PHOTOS = re.compile("照片|相片|图片|现场图|图像")


def hold_suspected_form(
    members: tuple[Judged, ...], subject: str, body: str, campaign: Campaign
) -> tuple[Judged, ...]:
    """The files of one mail, with its only picture held for a person where that may be the form:
    the mail speaks of the form, brings none, and says nothing of photographs."""
    every = [one for top in members for one in top.walk()]
    pictures = [one for one in every if one.kind is Kind.PHOTO]
    if len(pictures) != 1 or pictures[0].verdict is Verdict.HELD:
        return members
    if not any(one.slot == "form" for one in campaign.materials):
        return members
    if any(one.kind is Kind.FORM for one in every):
        return members
    said = (own_subject(subject), own_words(body), *(one.name for one in every if one.members))
    titles = Titles(campaign.documents)
    speaks = any(Kind.FORM in titles.kinds(line) for text in said for line in text.split("\n"))
    if not speaks or any(map(_OF_PHOTOS.search, said)):
        return members
    return tuple(_held(one, pictures[0]) for one in members)


def _held(judged: Judged, picture: Judged) -> Judged:
    if judged is picture:
        return replace(
            judged, verdict=Verdict.HELD, findings=(*_without_errors(judged.findings), _finding())
        )
    members = tuple(_held(one, picture) for one in judged.members)
    if members == judged.members:
        return judged
    worse = Verdict.HELD if judged.verdict is Verdict.ACCEPTED else judged.verdict
    return replace(judged, members=members, verdict=worse)


def _without_errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What a photograph should be is asked when a person has said that it is one."""
    return tuple(one for one in findings if one.severity is not Severity.ERROR)


def _finding() -> Finding:
    return Finding(
        code=CODE,
        severity=Severity.WARNING,
        actual=say("图片"),
        expected="",
        where="",
        message=say(
            "来信报送统计表，未见统计表文件，该图片可能是统计表的照片，未能读出。"
            "已转请人工查看；请同时报送可编辑的统计表（.xlsx、.xls、.docx或.doc）。"
        ),
    )
