"""Who may fill a dossier, tried by a sender who forges From, names another unit, or sends a
second unit's form (mailbot/README.md, How a dossier is judged; mail facts, Whose mail is it)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import LONG_TEXT, OUR_ADDRESS, a_mail, an_office, opened, settings_for, text_of
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.deciding.desk import Desk
from mailbot.deciding.mails import assign
from mailbot.deciding.register import confirm
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan, summary, write_form
from mailbot.errors import NotFoundError
from mailbot.ledger import dossiers
from mailbot.model import Dossier, DossierFile
from mailbot.report.digest.gather import build_digest
from mailbot.settings.office import Office as OfficeSection
from mailbot.wording.phrases import clean
from mailbot.workflow.tick import Office

OWN, STRANGER, SECOND = "duty@jinshui.example", "x@elsewhere.example", "aide@jinshui.example"
HOST = "zwqz-mx-mta-g1-0"
ID = "_____wBnA1xYz1plb1--.32572S2"
HOP = f"from mx.unit.example (unknown [192.0.2.1]) by {HOST} (Coremail) with SMTP id {ID}; now"


@dataclass
class Table:
    """An office at its work, mail by mail; every mail of 金水区 brings a plan of its own."""

    office: Office
    box: FakeMailbox
    clock: FrozenClock
    sent: MemoryTransport
    count: int = 0

    def receive(
        self,
        sender: str,
        words: str,
        *,
        unit: str = "金水区",
        above: str | None = None,
        files: dict[str, bytes] | None = None,
    ) -> Dossier:
        """One mail with a new plan, examined; 金水区's dossier after it.

        Without `above` the receiving server vouches for the sender.
        """
        if above is None:
            above = coremail(f"spf=pass smtp.mail={parseaddr(sender)[1]}; dkim=none")
        self.count += 1
        self.clock.advance(minutes=10)
        brought = {f"演练方案{words}.docx": plan(f"{unit}（{words}）")} if files is None else files
        raw = a_mail(
            f"{unit}演练材料",
            f"{unit}报送材料，{LONG_TEXT}",
            sender=sender,
            message_id=f"<m{self.count}@example.com>",
            files=brought,
        )
        self.box.deliver(above.encode() + raw, self.clock.now())
        assert self.office.tick().examined == 1
        return dossiers.stored_dossiers(self.office.ledger)["金水区"]

    def in_force(self) -> str:
        """The plan of 金水区 that counts."""
        dossier = dossiers.stored_dossiers(self.office.ledger)["金水区"]
        (file,) = [one for one in dossier.slots["plan"].files if one.counts]
        return file.judged.name

    def told(self) -> str:
        """Everything the digest asks a person."""
        view = build_digest(
            self.office.ledger, self.office.campaign, self.office.settings, self.clock.now()
        )
        return "\n".join(f"{one.kind} {one.title} {one.detail}" for one in view.needs_person)


def listing_of(campaign: Campaign, listed: bool) -> Campaign:
    units = tuple(
        unit.model_copy(update={"addresses": (OWN,)}) if listed and unit.unit == "金水区" else unit
        for unit in campaign.units
    )
    return campaign.model_copy(update={"units": units})


@contextmanager
def a_table(folder: Path, campaign: Campaign) -> Iterator[Table]:
    clock = FrozenClock(campaign.deadline - timedelta(days=5))
    box, sent = FakeMailbox(), MemoryTransport()
    with an_office(folder, campaign, box, sent, clock, settings=settings_for(folder)) as office:
        yield Table(office, box, clock, sent)


@pytest.fixture
def listed(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    """金水区 has the address OWN in units.csv."""
    with a_table(tmp_path, listing_of(campaign, listed=True)) as table:
        yield table


@pytest.fixture
def unlisted(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    """No unit has an address."""
    with a_table(tmp_path, campaign) as table:
        yield table


def shown(dossier: Dossier) -> list[DossierFile]:
    return [file for file in dossier.slots["plan"].files if file.shown_only]


# -- the four standings


def test_a_listed_address_fills_and_replaces(listed: Table) -> None:
    listed.receive(OWN, "初稿")
    listed.receive(OWN, "二稿")
    assert listed.in_force() == "演练方案二稿.docx"


def test_a_listed_address_replaces_what_another_had_filled(listed: Table) -> None:
    listed.receive(STRANGER, "外人")
    assert listed.in_force() == "演练方案外人.docx"
    listed.receive(OWN, "本区")
    assert listed.in_force() == "演练方案本区.docx"


def test_any_other_address_fills_what_is_empty_and_replaces_nothing(listed: Table) -> None:
    listed.receive(OWN, "本区")
    dossier = listed.receive(STRANGER, "外人")
    assert listed.in_force() == "演练方案本区.docx"
    assert [file.decided_by_address for file in shown(dossier)] == [STRANGER]
    assert f"来自 {STRANGER}，未替换已收材料" in listed.told()
    summary_of = {"演练评估总结.docx": summary("金水区")}
    filled = listed.receive(STRANGER, "总结", files=summary_of)
    assert filled.slots["summary"].verdict == "accepted"


def test_the_first_who_names_a_unit_is_provisional_and_the_second_is_any_other(
    unlisted: Table,
) -> None:
    unlisted.receive(SECOND, "初稿")
    unlisted.receive(SECOND, "二稿")
    assert unlisted.in_force() == "演练方案二稿.docx"
    dossier = unlisted.receive(STRANGER, "外人")
    assert unlisted.in_force() == "演练方案二稿.docx"
    assert len(shown(dossier)) == 1
    bound = dossiers.provisional_addresses(unlisted.office.ledger)
    assert dict(bound) == {SECOND: "金水区"}


def test_who_came_first_replaces_nothing_of_whom_a_person_confirmed(unlisted: Table) -> None:
    ledger, now = unlisted.office.ledger, unlisted.clock.now()
    unlisted.receive(SECOND, "初稿")
    with ledger.transaction():
        dossiers.bind(ledger, STRANGER, "金水区", arrival=1, now=now)
        dossiers.confirm_address(ledger, STRANGER)
    unlisted.receive(STRANGER, "确认")
    assert unlisted.in_force() == "演练方案确认.docx"
    unlisted.receive(SECOND, "二稿")
    assert unlisted.in_force() == "演练方案确认.docx"


def test_a_provisional_address_replaces_nothing_of_a_confirmed_one(unlisted: Table) -> None:
    office = unlisted.office
    unlisted.receive(SECOND, "初稿")
    desk = Desk(
        office.ledger, office.campaign, office.settings, by="zhang", now=unlisted.clock.now()
    )
    confirm(desk, SECOND)
    unlisted.receive(STRANGER, "外人")
    assert unlisted.in_force() == "演练方案初稿.docx"
    unlisted.receive(SECOND, "二稿")
    assert unlisted.in_force() == "演练方案二稿.docx"


# -- From is forged


def coremail(results: str, *, host: str = HOST, id: str = ID, forged: str = "") -> str:
    """The headers that NetEase puts above and below the sender's own (`forged`)."""
    own = f"Authentication-Results: {host}; {results}\r\n" if results else ""
    return f"Received: {HOP}\r\n{forged}X-CM-TRANSID: {id}\r\n{own}"


PASS = f"spf=pass smtp.mail={OWN}; dkim=none"
FAIL = f"spf=softfail smtp.mail={OWN}; dkim=none"
FORGED_PASS = f"Authentication-Results: {HOST}; {PASS}\r\n"
QQ_HOP = "Received: from a (unknown [192.0.2.1]) by newxmmxsza18.qq.com (NewMX) with SMTP id 1\r\n"


@pytest.mark.parametrize(
    ("above", "replaces"),
    [
        pytest.param("", False, id="a server that states no results"),
        pytest.param(coremail(PASS), True, id="spf passed"),
        pytest.param(
            coremail(PASS.replace("=pass", "=p\r\n ass")), True, id="a fold splits the token"
        ),
        pytest.param(
            coremail(f"spf=none; dkim=pass header.i=@{OWN.partition('@')[2]}"), True, id="dkim"
        ),
        pytest.param(coremail(FAIL), False, id="spf failed"),
        pytest.param(coremail("spf=pass smtp.mail=x@evil.example"), False, id="another's pass"),
        pytest.param(coremail("spf=none; dkim=none"), False, id="nothing to check by"),
        pytest.param(coremail(""), False, id="no result where there is always one"),
        pytest.param(coremail(FAIL, forged=FORGED_PASS), False, id="a forged pass above"),
        pytest.param(coremail("", forged=FORGED_PASS, id="other"), False, id="a forged pass alone"),
        pytest.param(FORGED_PASS, False, id="a forged pass without any hop"),
        pytest.param(
            f"Authentication-Results: mx.qq.com; {PASS}\r\n{QQ_HOP}", True, id="QQ, passed"
        ),
        pytest.param(
            f"Authentication-Results: mx.qq.com; {FAIL}\r\n{QQ_HOP}"
            f"Authentication-Results: mx.qq.com; {PASS}\r\n",
            False,
            id="QQ, failed, with a forged pass below",
        ),
        pytest.param(
            f"Authentication-Results: mx.qq.com; {PASS}; dmarc=fail\r\n{QQ_HOP}",
            False,
            id="QQ, dmarc failed",
        ),
        pytest.param(QQ_HOP, False, id="QQ without a result"),
    ],
)
def test_a_forged_from_replaces_nothing_and_a_person_is_told(
    listed: Table, above: str, replaces: bool
) -> None:
    listed.receive(OWN, "本区")
    dossier = listed.receive(OWN, "后件", above=above)
    assert listed.in_force() == ("演练方案后件.docx" if replaces else "演练方案本区.docx")
    assert len(shown(dossier)) == (0 if replaces else 1)
    assert ("核验" in listed.told()) is not replaces


def test_where_the_server_states_nothing_a_setting_lets_from_replace(
    tmp_path: Path, campaign: Campaign
) -> None:
    trusting = settings_for(tmp_path).model_copy(
        update={"office": OfficeSection(trust_unverified_from=True)}
    )
    clock = FrozenClock(campaign.deadline - timedelta(days=5))
    box, sent = FakeMailbox(), MemoryTransport()
    listed = listing_of(campaign, listed=True)
    with an_office(tmp_path, listed, box, sent, clock, settings=trusting) as office:
        table = Table(office, box, clock, sent)
        table.receive(OWN, "初稿", above="")
        table.receive(OWN, "二稿", above="")
        assert table.in_force() == "演练方案二稿.docx"
        table.receive(OWN, "三稿", above=coremail(FAIL))
        assert table.in_force() == "演练方案二稿.docx"


def test_a_failed_check_never_keeps_material_out(listed: Table) -> None:
    dossier = listed.receive(OWN, "初稿", above=coremail(FAIL))
    assert dossier.slots["plan"].verdict == "accepted"
    assert dossier.slots["text"].verdict == "accepted"
    listed.receive(OWN, "二稿")
    assert listed.in_force() == "演练方案二稿.docx"


def test_a_failed_check_binds_no_address(unlisted: Table) -> None:
    unlisted.receive(OWN, "冒名", above=coremail(FAIL))
    assert dossiers.provisional_addresses(unlisted.office.ledger) == {}


def test_what_a_forger_sent_is_let_in_by_a_person_alone(listed: Table) -> None:
    listed.receive(OWN, "本区")
    listed.receive(OWN, "后件", above=coremail(FAIL))
    listed.receive(OWN, "再件")
    assert listed.in_force() == "演练方案再件.docx"


# -- another unit is named, or another unit's form is sent


def form_of(campaign: Campaign, unit: str) -> bytes:
    return write_form(
        campaign.form,
        {
            "unit": unit,
            "reported_on": "2017-07-03",
            "filled_by": "应急办",
            "phone": "0371-60000000",
            "overall.drills": 3,
            "overall.participants": 90,
            "overall.spend_wan": 2.5,
            "overall.joint_drills": 1,
        },
    )


def untouched(table: Table, act: Callable[[], object]) -> bool:
    """Whether 金水区's dossier is the same after `act`."""
    before = dossiers.stored_dossiers(table.office.ledger)["金水区"]
    act()
    return dossiers.stored_dossiers(table.office.ledger)["金水区"] == before


def test_one_unit_cannot_write_into_anothers_dossier(listed: Table) -> None:
    """A listed address that names another unit is a contradiction for a person."""
    listed.receive(OWN, "本区")
    listed.box.deliver(
        a_mail("二七区演练材料", f"二七区报送材料，{LONG_TEXT}", sender=OWN, message_id="<o@e>"),
        listed.clock.now(),
    )
    assert untouched(listed, listed.office.tick)
    assert "二七区" not in dossiers.stored_dossiers(listed.office.ledger)
    assert "unit_conflict" in listed.told()


@pytest.mark.parametrize("sender", [OWN, STRANGER])
def test_a_second_units_form_enters_neither_dossier_by_itself(listed: Table, sender: str) -> None:
    campaign = listed.office.campaign
    listed.receive(OWN, "本区")
    listed.box.deliver(
        a_mail(
            "金水区演练材料",
            f"金水区报送材料，{LONG_TEXT}",
            sender=sender,
            message_id="<form@example.com>",
            files={"统计表.xlsx": form_of(campaign, "二七区")},
        ),
        listed.clock.now(),
    )
    listed.office.tick()
    stored = dossiers.stored_dossiers(listed.office.ledger)
    assert stored["金水区"].slots["form"].verdict == "missing"
    assert "二七区" not in stored
    assert "unit_conflict" in listed.told()


def test_a_display_name_gives_no_standing(listed: Table) -> None:
    listed.receive(OWN, "本区")
    listed.receive(f'"{OWN}" <{STRANGER}>', "外人")
    assert listed.in_force() == "演练方案本区.docx"


def test_two_from_addresses_do_not_add_a_standing(listed: Table) -> None:
    """Of two addresses in From the mail has at most one's standing, and is answered once."""
    listed.receive(OWN, "本区")
    before = len(listed.sent.messages)
    listed.receive(f"{STRANGER}, {OWN}", "两人")
    assert listed.in_force() == "演练方案本区.docx"
    assert len(listed.sent.messages) - before <= 1


def test_reply_to_turns_no_answer_to_a_third_person(listed: Table) -> None:
    """Answers go to From: otherwise a unit's dossier could be asked for by anyone."""
    raw = a_mail(
        "金水区演练材料", sender=OWN, headers={"Reply-To": "spy@evil.example"}, message_id="<r@e>"
    )
    listed.box.deliver(raw, listed.clock.now())
    listed.office.tick()
    assert [one.rcpt for one in listed.sent.messages] == [OWN]


def test_our_own_address_in_from_is_filed_without_effect(listed: Table) -> None:
    listed.receive(OWN, "本区")
    listed.box.deliver(
        a_mail("金水区演练材料", sender=OUR_ADDRESS, message_id="<u@e>"), listed.clock.now()
    )
    assert untouched(listed, listed.office.tick)


# -- old mails sent again, and what a forger filled

SIGNED = "spf=none smtp.mail=x@evil.example; dkim=pass header.i=@jinshui.example"


def test_a_signed_mail_sent_again_by_somebody_else_brings_no_old_version_back(
    listed: Table,
) -> None:
    """Whoever has the mail has the signature too (RFC 6376 8.6): the very same mail, then one with
    its Message-ID and other contents, which a signature over the first octets (l=) lets pass."""
    listed.receive(OWN, "初稿", above=coremail(SIGNED))
    listed.receive(OWN, "二稿")
    assert listed.in_force() == "演练方案二稿.docx"
    listed.count = 0
    listed.receive(OWN, "初稿", above=coremail(SIGNED))
    assert listed.in_force() == "演练方案二稿.docx"
    listed.count = 0
    dossier = listed.receive(OWN, "三稿", above=coremail(SIGNED))
    assert listed.in_force() == "演练方案二稿.docx"
    assert [file.judged.name for file in shown(dossier)] == ["演练方案三稿.docx"]


@pytest.mark.parametrize("old", [True, False], ids=["the_old_contents", "other_contents"])
def test_a_signature_that_came_before_brings_nothing_back_under_another_message_id(
    listed: Table, old: bool
) -> None:
    """QQ signs From, To, Subject and Date: whoever has the mail gives it another Message-ID."""
    signature = (
        "DKIM-Signature: v=1; a=rsa-sha256; d=jinshui.example; s=s1; h=From:To:Subject:Date;"
        " bh=YQ==; b=YWJjZGVm\r\n"
    )
    listed.receive(OWN, "初稿", above=coremail(PASS) + signature)
    listed.receive(OWN, "二稿")
    dossier = listed.receive(OWN, "初稿" if old else "三稿", above=coremail(SIGNED) + signature)
    assert listed.in_force() == "演练方案二稿.docx"
    assert [file.judged.name for file in shown(dossier)] == ([] if old else ["演练方案三稿.docx"])


def test_what_its_own_provider_hands_over_is_the_units_though_a_copy_came_first(
    listed: Table,
) -> None:
    signature = (
        "DKIM-Signature: v=1; a=rsa-sha256; d=jinshui.example; s=s1;"
        " h=From:To:Subject:Date:Content-Type; bh=YQ==; b=YWJjZGVm\r\n"
    )
    listed.receive(OWN, "副本", above=coremail(SIGNED) + signature)
    listed.receive(OWN, "原件", above=coremail(PASS) + signature)
    assert listed.in_force() == "演练方案原件.docx"


def test_what_a_forged_mail_filled_is_shown_to_a_person_until_it_is_vouched_for(
    listed: Table,
) -> None:
    listed.receive(OWN, "冒名", above=coremail("spf=fail smtp.mail=x@evil.example; dkim=none"))
    assert listed.in_force() == "演练方案冒名.docx"
    told = listed.told()
    assert "forged 金水区 第1号来信发件人核验未通过" in told
    assert f"来自 {OWN}，可能系冒用；其演练方案、文字信息已计入" in told
    office = listed.office
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    assert assign(desk, 1, "金水区").changed
    assert "forged" not in listed.told()
    assert not assign(desk, 1, "金水区").changed


def test_what_a_forged_mail_filled_and_the_unit_replaced_is_no_matter(listed: Table) -> None:
    listed.receive(OWN, "冒名", above=coremail("spf=fail smtp.mail=x@evil.example; dkim=none"))
    listed.receive(OWN, "本区")
    assert "forged" not in listed.told()  # the text too: the very words of both mails


@pytest.mark.parametrize(
    "results",
    [
        "spf=none smtp.mail=x@nospf.example; dkim=none",
        "spf=neutral smtp.mail=x@nospf.example; dkim=none",
        "spf=temperror smtp.mail=x@nospf.example; dkim=none",
    ],
)
def test_an_envelope_of_another_organisation_speaks_against_from_whatever_its_check_says(
    listed: Table, results: str
) -> None:
    """Whoever forges From chooses a domain without SPF as he likes."""
    listed.receive(OWN, "冒名", above=coremail(results))
    assert "forged 金水区 第1号来信发件人核验未通过" in listed.told()


LINK = "https://wx.mail.qq.com/ftn/download?func=3&key=abc&code=def"


def test_a_link_that_a_stranger_announced_for_a_listed_unit_stands_before_the_office(
    listed: Table,
) -> None:
    body = f"{LONG_TEXT}\n\n演练视频.mp4 (120M)\n{LINK}\n"
    raw = a_mail("金水区演练视频", body, sender=STRANGER, message_id="<l@e>")
    above = coremail(f"spf=pass smtp.mail={STRANGER}; dkim=none")
    listed.box.deliver(above.encode() + raw, listed.clock.now())
    listed.office.tick()
    dossier = dossiers.stored_dossiers(listed.office.ledger)["金水区"]
    assert dossier.slots["video"].verdict == "announced"
    assert f"金水区 {STRANGER}（已计入文字信息、视频（下载链接）；" in listed.told()


def test_what_the_office_rejects_of_a_strangers_file_the_unit_is_told(listed: Table) -> None:
    listed.receive(OWN, "", files={"演练评估总结.docx": summary("金水区")})
    dossier = listed.receive(STRANGER, "冒领")
    office = listed.office
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    (file,) = dossier.slots["plan"].files
    told = rule_slot(desk, "reject", "金水区", "plan", "与本单位无关", file.judged.sha256)
    assert told.replied == OWN
    listed.clock.advance(hours=1)
    office.tick()
    answer = listed.sent.messages[-1]
    assert answer.rcpt == OWN
    assert "与本单位无关" in text_of(answer.raw)
    assert "冒领" not in text_of(answer.raw)


@pytest.mark.parametrize("sender", [OWN, "v1@third.example"])
def test_whom_a_forger_names_as_sender_reads_none_of_his_words(listed: Table, sender: str) -> None:
    """He never wrote to us: the office would send him a stranger's text under its name."""
    raw = a_mail(
        "金水区应急演练材料 请立即汇款至6222",
        "金水区报送材料，见附件。",
        sender=f"王主任请汇款 <{sender}>",
        files={"请汇款至6222.docx": b"PK"},
    )
    failed = coremail("spf=pass smtp.mail=x@evil.example; dkim=none")
    listed.box.deliver(failed.encode() + raw, listed.clock.now())
    listed.office.tick()
    listed.clock.advance(minutes=10)
    listed.office.tick()
    (told,) = [one for one in listed.sent.messages if one.rcpt == sender]
    text = str(opened(told.raw)) + text_of(told.raw)
    assert "6222" not in text
    assert "汇款" not in text
    assert "核验该邮件的发件人未通过" in text


def test_who_speaks_for_a_unit_for_the_time_being_replaces_what_is_his_own_alone(
    unlisted: Table,
) -> None:
    """Anyone may have been the first to name it."""
    unlisted.receive(STRANGER, "首报", files={"说明.txt": b"x"})
    unlisted.receive(OWN, "本区")
    assert unlisted.in_force() == "演练方案本区.docx"
    dossier = unlisted.receive(STRANGER, "外人")
    assert unlisted.in_force() == "演练方案本区.docx"
    assert [file.decided_by_address for file in shown(dossier)] == [STRANGER]
    assert "held_replacement 金水区" in unlisted.told()


def test_a_mail_that_its_author_sent_to_others_replaces_nothing(listed: Table) -> None:
    listed.receive(OWN, "本区")
    raw = a_mail(
        "金水区演练材料",
        "见附件",
        sender=OWN,
        to="somebody@else.example",
        files={"演练方案他处.docx": plan("金水区（他处）")},
    )
    listed.box.deliver(coremail(SIGNED).encode() + raw, listed.clock.now())
    listed.office.tick()
    assert listed.in_force() == "演练方案本区.docx"


def test_tags_of_one_address_are_one_address_in_counting_what_it_hears(listed: Table) -> None:
    failed = coremail("spf=fail smtp.mail=x@evil.example; dkim=none")
    for number in range(9):
        tag = f"+{number}" if number else ""
        listed.receive(f"victim{tag}@third.example", f"件{number}", above=failed)
        listed.clock.advance(minutes=5)
        listed.office.tick()
    told = [one for one in listed.sent.messages if "third.example" in one.rcpt]
    assert len(told) == 5
    assert not any(b"spreadsheetml" in one.raw for one in told)


@pytest.mark.parametrize("above", [None, coremail(FAIL)], ids=["proven", "forged"])
def test_what_the_office_decides_of_a_unit_is_told_to_its_own_address(
    listed: Table, above: str | None
) -> None:
    """Whoever names the unit last would hear of it in its place."""
    listed.receive(OWN, "本区")
    listed.receive(STRANGER, "外人", above=above and above.replace(OWN, STRANGER))
    office = listed.office
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    assert rule_slot(desk, "waive", "金水区", "video", "会议决定").replied == OWN


def test_a_strangers_file_in_a_listed_units_empty_slot_stands_before_the_office_with_its_origin(
    listed: Table,
) -> None:
    listed.receive(STRANGER, "冒领")
    assert listed.in_force() == "演练方案冒领.docx"
    told = listed.told()
    assert "self_named 1个发件地址自报单位，但不是该单位原有邮箱" in told
    assert f"金水区 {STRANGER}（已计入演练方案、文字信息；该单位原有邮箱 {OWN}）" in told


def test_confirming_a_colleagues_address_settles_the_matter_for_all_his_mails(
    listed: Table,
) -> None:
    listed.receive(SECOND, "同事")
    office = listed.office
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    assert confirm(desk, SECOND).changed
    assert "self_named" not in listed.told()
    assert not confirm(desk, SECOND).changed
    listed.receive(SECOND, "同事二稿")
    assert listed.in_force() == "演练方案同事二稿.docx"
    assert "self_named" not in listed.told()


def test_a_code_confirms_no_address_that_its_item_does_not_show_whole(listed: Table) -> None:
    """Of a long address only its beginning and end were shown, and it went along."""
    listed.receive(OWN, "本区")
    for number, unit in enumerate(("二七区", "中原区", "惠济区", "上街区")):
        host = f"xf{number}.zhengzhou.gov.cn.{'a' * 50}.{'b' * 50}.evil.example"
        listed.receive(f"u{number}@{host}", f"第{number}", unit=unit)
    office = listed.office
    digest = build_digest(office.ledger, office.campaign, office.settings, listed.clock.now())
    offered = [one for one in digest.needs_person if one.kind == "provisional"]
    assert len(offered) > 1
    for one in offered:
        assert one.offer is not None
        for address in one.offer.target.split():
            assert address in clean(one.detail, 300)  # as both templates print it
            assert address in clean(one.command, 300)


def test_who_named_two_units_is_not_confirmed_for_either_by_his_address_alone(
    listed: Table,
) -> None:
    listed.receive(STRANGER, "其一")
    office = listed.office
    office.ledger.execute(
        "INSERT INTO addresses VALUES (?, '二七区', 'provisional', '2017-07-01', 1)", (SECOND,)
    )
    listed.receive(STRANGER, "其二", unit="二七区")
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    with pytest.raises(NotFoundError):
        confirm(desk, STRANGER)


def test_a_rejected_file_of_a_stranger_is_no_matter_any_more(listed: Table) -> None:
    dossier = listed.receive(STRANGER, "冒领")
    office = listed.office
    desk = Desk(office.ledger, office.campaign, office.settings, "clerk", listed.clock.now())
    for slot in ("plan", "text"):
        (file,) = dossier.slots[slot].files
        rule_slot(desk, "reject", "金水区", slot, "非该单位所报", file.judged.sha256)
    assert "self_named" not in listed.told()


def test_the_same_octets_from_the_unit_itself_make_a_strangers_file_its_own(
    listed: Table,
) -> None:
    brought = {"演练方案抢报.docx": plan("金水区（抢报）")}
    listed.receive(STRANGER, "抢报", files=brought)
    dossier = listed.receive(OWN, "本区", files={"演练方案.docx": brought["演练方案抢报.docx"]})
    (file,) = dossier.slots["plan"].files
    assert (file.decided_by_address, file.judged.name) == (OWN, "演练方案.docx")
    assert "演练方案" not in listed.told()


PHISH = "请改报至新邮箱zz@phish.example"
FORGED_NOW = "spf=fail smtp.mail=x@evil.example; dkim=none"


@pytest.mark.parametrize(
    ("sender", "above", "origin"),
    [
        (OWN, coremail(FORGED_NOW), "未能核验发件人的邮件所附文件"),
        (STRANGER, None, f"其他邮箱（{STRANGER}）报送的文件"),
    ],
    ids=["forged", "another_address"],
)
def test_the_units_later_answers_say_whence_a_file_came_and_repeat_no_word_of_it(
    listed: Table, sender: str, above: str | None, origin: str
) -> None:
    files = {f"演练方案{PHISH}.docx": plan("金水区（冒名）"), "演练.txt": LONG_TEXT.encode()}
    listed.receive(sender, "冒名", above=above, files=files)
    listed.clock.advance(hours=1)
    listed.office.tick()
    listed.receive(OWN, "", files={"演练评估总结.docx": summary("金水区")})
    listed.clock.advance(hours=1)
    listed.office.tick()
    answer = text_of(listed.sent.messages[-1].raw)
    assert "演练评估总结.docx" in answer
    assert f"演练方案：{origin}，如非你单位所报，请致电我办说明" in answer
    assert "phish" not in answer


def test_a_forged_mail_answered_together_with_the_units_own_is_told_without_its_words(
    listed: Table,
) -> None:
    mails = (
        (FORGED_NOW, PHISH, {f"演练方案{PHISH}.docx": plan("金水区（冒名）")}),
        (f"spf=pass smtp.mail={OWN}; dkim=none", "", {"演练评估总结.docx": summary("金水区")}),
    )
    for count, (results, words, files) in enumerate(mails):
        message_id = f"<t{count}@example.com>"
        subject = f"金水区演练材料{words}"
        raw = a_mail(subject, LONG_TEXT, sender=OWN, message_id=message_id, files=files)
        listed.box.deliver(coremail(results).encode() + raw, listed.clock.now())
    assert listed.office.tick().examined == 2
    (answer,) = (text_of(one.raw) for one in listed.sent.messages)
    assert "演练评估总结.docx" in answer
    assert "收信服务器核验该邮件的发件人未通过" in answer
    assert "未见附件" not in answer
    assert "phish" not in answer
