"""The digest as a browser lays it out, on a desk and on a phone (skipped without Chromium)."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from html import escape as html_escape
from pathlib import Path

import pytest
from make.dossiers import ARRIVED, arrival_of, complete_dossier, dossier_of

from mailbot.campaign.types import Campaign
from mailbot.model import CloudLink, DossierState, Punctuality
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.progress import as_data_uri, progress_chart
from mailbot.report.digest.view import (
    AnnouncedLink,
    DigestView,
    FormSum,
    Health,
    PersonItem,
    render_digest,
)

LONG = (
    "2017年安全生产月综合应急演练全程录像（市级联合指挥部第三机位原始素材）_final_v3_20170703101530"
)
NARROW, WIDE = 375, 1000


def page(campaign: Campaign) -> str:
    """A digest with everything in it that is wide: long names, addresses, commands, numbers."""
    now = ARRIVED + timedelta(days=1)
    board = tuple(
        replace(
            complete_dossier(campaign) if place % 3 else dossier_of(campaign),
            unit=unit.unit,
            state=DossierState.COMPLETE if place % 3 else DossierState.INCOMPLETE,
            punctuality=Punctuality.SUPPLEMENTED_LATE,
        )
        for place, unit in enumerate(campaign.units)
    )
    addresses = " ".join(
        f"yingjiguanlibangongshi{number}@anjian.example.gov.cn" for number in "123"
    )
    offers = (
        Offer("assign", "17"),
        Offer("accept", "郑州航空港经济综合实验区", "summary", "f" * 64),
        Offer("confirm", addresses),
    )
    view = DigestView(
        campaign=campaign,
        date=date(2017, 7, 4),
        now=now,
        new=(replace(arrival_of(), subject=LONG),),
        needs_person=tuple(
            PersonItem(
                "unknown_unit",
                f"第17号来信：{LONG}",
                f"发件人 {addresses}",
                f"mailbot {offer.action} {offer.target} --file {'f' * 12}",
                offer=offer,
                code="K7P4-2M9Q",
                answers=("单位名称", "搁置"),
            )
            for offer in offers
        ),
        board=board,
        links=(
            AnnouncedLink(
                "郑州航空港经济综合实验区",
                CloudLink("qq", f"https://wx.mail.qq.com/{'k' * 300}", f"{LONG}.mp4", 9 << 30),
                1,
            ),
        ),
        warnings=(("郑州航空港经济综合实验区", f"{LONG}.jpg：各项之和为7＋1＋0＝8"),),
        form_sums=(FormSum("按组织单位分类·政府及部门·参演人数", 12_345_678, "人次", 61),),
        health=Health(ARRIVED, 183),
        answer_to="zzajyj@163.com",
    )
    return render_digest(view, as_data_uri(progress_chart(board, campaign, now)))[2]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_nothing_is_wider_than_the_screen(campaign: Campaign, tmp_path: Path, width: int) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("Chromium is not installed")
    # A frame of that width: Chromium's own window is never narrower than 500 pixels.
    inner = html_escape(page(campaign), quote=True)
    path = tmp_path / "digest.html"
    path.write_text(
        f"<title></title><iframe srcdoc='{inner}' style='width:{width}px;height:2000px;border:0'"
        ' onload=\'document.title = contentWindow.innerWidth + " " +'
        " contentDocument.documentElement.scrollWidth'></iframe>",
        "utf-8",
    )
    done = subprocess.run(
        [
            *(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--window-size=1100,2000", f"--user-data-dir={tmp_path}/profile"),
            *("--dump-dom", path.as_uri()),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    sizes = re.search(r"<title>(\d+) (\d+)</title>", done.stdout.decode())
    assert sizes, done.stderr.decode()[-500:]
    assert int(sizes[1]) == width
    assert int(sizes[2]) <= width


def test_a_board_of_all_units_stays_below_what_mail_programs_cut_off(campaign: Campaign) -> None:
    """Gmail cuts a message at 102 KB of HTML; the chart travels apart from it."""
    html = re.sub(r"data:image/png;base64,[^\"]+", "cid:x", page(campaign))
    assert len(campaign.units) > 60
    assert len(html.encode()) < 100_000


def test_all_style_is_inline_and_nothing_is_fetched(campaign: Campaign) -> None:
    html = page(campaign)
    assert not re.search(r"<(style|script|link|form|svg|iframe)\b|\bclass=|url\(|@media", html)
    assert not re.search(r"(src|background)=[\"']?https?:", html)


def test_a_button_writes_the_answer_and_says_what_it_does(campaign: Campaign) -> None:
    buttons = re.findall(r'href="(mailto:[^"]+)"[^>]*>([^<]+)<', page(campaign))
    labels = [label for _, label in buttons]
    assert labels == ["归入单位…", "搁置", "同意", "退回…", "全部同意", "只同意…"]
    start = (
        "mailto:zzajyj@163.com?subject=%E7%AE%80%E6%8A%A5%E7%AD%94%E5%A4%8D&amp;body=K7P4-2M9Q%20"
    )
    assert [address.removeprefix(start) for address, _ in buttons] == [
        "",
        "%E6%90%81%E7%BD%AE",
        "%E5%90%8C%E6%84%8F",
        "%E9%80%80%E5%9B%9E%20",
        "%E5%90%8C%E6%84%8F",
        "%E5%90%8C%E6%84%8F%20",
    ]
