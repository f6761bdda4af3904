"""The office's digest: what it tells, in which order, and what cannot get into it."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from make.dossiers import (
    ARRIVED,
    SENDER,
    arrival_of,
    complete_dossier,
    dossier_of,
    good_files,
    slot_of,
    small_photo,
)
from make.replies import bare, look

from mailbot.campaign.types import Campaign
from mailbot.model import CloudLink, MailAddress, Punctuality, SlotVerdict
from mailbot.report.digest.view import (
    AnnouncedLink,
    DigestView,
    FormSum,
    Health,
    PersonItem,
    render_digest,
)


def view(campaign: Campaign, **changes: Any) -> DigestView:
    settings: dict[str, Any] = {
        "campaign": campaign,
        "date": date(2017, 7, 4),
        "now": ARRIVED + timedelta(days=1),
        "health": Health(ARRIVED, 183),
        **changes,
    }
    return DigestView(**settings)


def sides(digest: DigestView) -> tuple[str, str]:
    _, text, html = render_digest(digest)
    return bare(text), bare("".join(look(html).text))


def mixed(campaign: Campaign, unit: str) -> Any:
    good = good_files()
    link = CloudLink("qq", "https://wx.mail.qq.com/ftn/download?key=1", "全程.mp4")
    return dossier_of(
        campaign,
        slot_of(campaign, "form", SlotVerdict.HELD, good["form"]),
        slot_of(campaign, "plan", SlotVerdict.ACCEPTED, good["plan"]),
        slot_of(campaign, "video", SlotVerdict.ANNOUNCED, links=[link]),
        slot_of(campaign, "photo", SlotVerdict.REJECTED, small_photo("小图.jpg")),
        unit=unit,
        punctuality=Punctuality.LATE,
    )


def test_what_needs_a_person_comes_first_with_its_command(campaign: Campaign) -> None:
    digest = view(
        campaign,
        needs_person=(
            PersonItem("unknown_unit", "来件未能辨认单位", "附件3个", "mailbot assign 17 金水区"),
            PersonItem(
                "dead_reply", "答复未送达", "550 Invalid User", "mailbot resend YL2017-0009"
            ),
        ),
        new=(arrival_of(),),
        board=(complete_dossier(campaign),),
    )
    subject, _, _ = render_digest(digest)
    assert "待处理2件" in subject
    assert "新来件1封" in subject
    for side in sides(digest):
        order = ["需要您处理", "单位不明", "mailbotassign17金水区", "mailbotresendYL2017-0009"]
        positions = [side.index(bare(words)) for words in (*order, "报送进度")]
        assert positions == sorted(positions)


def test_the_board_marks_every_material_of_a_unit(campaign: Campaign) -> None:
    digest = view(campaign, board=(mixed(campaign, "二七区"),))
    text, html = sides(digest)
    assert "二七区〔迟〕：统计表待核，方案✓，总结缺，视频链接，照片待补，文字缺" in text
    # Columns in the campaign's order, and the cells of the one row under them.
    assert "单位统计表方案总结视频照片文字二七区迟待核✓缺链接待补缺" in html


@pytest.mark.parametrize(
    ("punctuality", "mark"),
    [
        (Punctuality.LATE, "〔迟〕"),
        (Punctuality.PARTIAL, "〔漏报〕"),
        (Punctuality.SUPPLEMENTED_LATE, "〔逾期补正〕"),
        (Punctuality.ON_TIME, ""),
        (Punctuality.PENDING, ""),
    ],
)
def test_timing_is_marked_as_a_fact(
    campaign: Campaign, punctuality: Punctuality, mark: str
) -> None:
    dossier = replace(complete_dossier(campaign), punctuality=punctuality)
    text, _ = sides(view(campaign, board=(dossier,)))
    assert f"金水区{mark}：" in text


def test_silent_units_are_names_and_the_figures_count_expected_units_only(
    campaign: Campaign,
) -> None:
    guest = replace(complete_dossier(campaign, "市气象局"), expected=False)
    absent = replace(dossier_of(campaign, unit="市地震局"), expected=False)
    board = (
        complete_dossier(campaign, "中原区"),
        mixed(campaign, "二七区"),
        dossier_of(campaign, unit="上街区"),
        dossier_of(campaign, unit="惠济区"),
        guest,
        absent,
    )
    digest = view(campaign, board=board)
    text, html = sides(digest)
    assert "应报4个单位：齐全1，部分1，未报2" in text
    for side in (text, html):
        assert "尚未报送" in side
        assert "上街区、惠济区" in side
        assert "市气象局" in side
        assert "市地震局" not in side
    assert text.index("二七区") < text.index("中原区")  # what needs work before what is done


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2017, 7, 4), "距报送截止（2017年7月5日）还有1天"),
        (date(2017, 7, 5), "今天（2017年7月5日）报送截止"),
        (date(2017, 7, 8), "报送已于2017年7月5日截止，已过3天"),
    ],
)
def test_days_to_the_deadline(campaign: Campaign, day: date, words: str) -> None:
    for side in sides(view(campaign, date=day)):
        assert words in side


def test_a_quiet_day_says_so_in_one_line(campaign: Campaign) -> None:
    for side in sides(view(campaign)):
        assert side.count("没有新来件，没有需要处理的事项") == 1
        for heading in ("需要您处理", "新来件（", "待下载的链接", "提请留意", "统计表汇总"):
            assert heading not in side
    for side in sides(view(campaign, new=(arrival_of(),))):
        assert "没有新来件" not in side


def test_links_count_down_and_the_soonest_comes_first(campaign: Campaign) -> None:
    def link(name: str, expires: str | None) -> AnnouncedLink:
        target = CloudLink("netease", f"https://mail.163.com/{name}", name, 5_242_880, expires)
        return AnnouncedLink("金水区", target, 3)

    digest = view(
        campaign,
        links=(link("c.mp4", None), link("b.mp4", "2017年8月2日"), link("a.mp4", "2017年7月6日")),
    )
    for side in sides(digest):
        assert side.index("a.mp4") < side.index("b.mp4") < side.index("c.mp4")
        assert "2017年7月6日到期，还有2天" in side
        assert "2017年8月2日到期，还有29天" in side
        assert "未标明有效期" in side
    assert 'href="https://mail.163.com/a.mp4"' in render_digest(digest)[2]


def test_new_arrivals_say_what_became_of_them(campaign: Campaign) -> None:
    digest = view(
        campaign,
        new=(
            arrival_of(*good_files().values()),
            arrival_of(unit=None, held_reasons=("unknown_unit",), subject=""),
            arrival_of(no_answer_reason="auto_submitted"),
            arrival_of(no_answer_reason="netease_bounce"),
        ),
    )
    for side in sides(digest):
        assert "附件5个" in side  # six files, one of them the body
        assert "单位不明" in side
        assert "（无主题）" in side
        assert "不予自动答复（自动邮件）" in side
        assert "不予自动答复（退信）" in side


def test_a_flood_of_arrivals_is_counted_not_listed(campaign: Campaign) -> None:
    many = tuple(arrival_of(id=number, subject=f"第{number}封") for number in range(1, 101))
    for side in sides(view(campaign, new=many)):
        assert "较早的70封从略" in side
        assert "第70封" not in side
        assert "第71封" in side
        assert "第100封" in side


def test_sums_warnings_and_health_are_told(campaign: Campaign) -> None:
    digest = view(
        campaign,
        form_sums=(
            FormSum("总体情况·参演人数", 12450, "人次", 3),
            FormSum("总体情况·直接投入", 86.5, "万元", 2),
        ),
        warnings=(("中原区", "同一张照片出现两次"),),
        counts={"answered": 23, "examined": 2},
        health=Health(ARRIVED, 183, deferred=4, dead=1, quarantined=2, alerts=("535 登录失败",)),
    )
    for side in sides(digest):
        assert "12,450人次" in side
        assert "86.5万元" in side
        assert "同一张照片出现两次" in side
        assert "2017年7月3日10:15" in side
        assert "今日还可发信183封；待重发4封；未送达1封；隔离2封；来件累计25封" in side
        assert "系统告警：535登录失败" in side


def test_both_sides_tell_of_every_unit_and_item(campaign: Campaign) -> None:
    digest = view(
        campaign,
        needs_person=(PersonItem("held", "扫描件待核对", "金水区", "mailbot show 3"),),
        board=(
            mixed(campaign, "二七区"),
            complete_dossier(campaign),
            dossier_of(campaign, unit="上街区"),
        ),
        new=(arrival_of(),),
    )
    text, html = sides(digest)
    for words in ("扫描件待核对", "mailbotshow3", "二七区", "金水区", "上街区", "待核对"):
        assert words in text
        assert words in html


@pytest.mark.parametrize(
    "words",
    [
        "</td></table><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 1234567*7 }}",
        "题\r\nBcc: victim@example.test",
        "照\u202e片\x00",
        "\udcff",
    ],
)
def test_a_hostile_sender_injects_nothing(campaign: Campaign, words: str) -> None:
    def filled(words: str, url: str) -> DigestView:
        return view(
            campaign,
            needs_person=(PersonItem(words, words, words, words),),
            board=(mixed(campaign, words), dossier_of(campaign, unit=words)),
            new=(
                arrival_of(
                    subject=words,
                    unit=words,
                    sender=MailAddress(words, words),
                    no_answer_reason=words,
                ),
            ),
            links=(AnnouncedLink(words, CloudLink(words, url, words, 5, words, words), 3),),
            warnings=((words, words),),
            form_sums=(FormSum(words, 1, words, 1),),
            health=Health(ARRIVED, 1, alerts=(words,)),
        )

    subject, text, html = render_digest(filled(words, f'https://x.example/"{words}'))
    harmless = look(render_digest(filled("无害", "https://x.example/"))[2])
    page = look(html)
    assert page.elements <= harmless.elements
    assert page.attributes <= harmless.attributes
    assert "8641969" not in text + html
    assert "\n" not in subject
    for side in (text, html):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", side)
        side.encode("utf-8")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""]
)
def test_only_web_addresses_become_links(campaign: Campaign, url: str) -> None:
    digest = view(campaign, links=(AnnouncedLink("金水区", CloudLink("qq", url, "片.mp4"), 3),))
    _, text, html = render_digest(digest)
    assert "href" not in look(html).attributes
    assert "片.mp4" in text
    assert not url or url not in text + html


def test_a_sender_address_is_shown_to_the_office(campaign: Campaign) -> None:
    assert SENDER.address in sides(view(campaign, new=(arrival_of(),)))[1]
