"""Links to cloud attachments, as the web mails print them; numbers worked out by hand."""

from pathlib import Path
from time import monotonic

import pytest

from mailbot.formats.text.markup import parse_markup
from mailbot.inbox.links.find import find_links
from mailbot.model import CloudLink

DATA = Path(__file__).parent.parent / "data" / "links"
MEGA = 1024 * 1024


def _links(name: str) -> tuple[CloudLink, ...]:
    return find_links((DATA / f"{name}.html").read_text("utf-8"), "")


def _said(links: tuple[CloudLink, ...]) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(link.provider, link.name, link.size, link.expires) for link in links]


def test_netease_large_attachments_give_one_entry_a_file() -> None:
    links = _links("netease_163")
    assert _said(links) == [
        ("netease", "应急演练视频.mp4", 84_892_713, "2017年8月2日"),
        ("netease", "演练现场.zip", 1_288_490_189, "2017年8月3日"),
    ]
    assert links[0].url == (
        "https://mail.163.com/large-attachment-download/index.html"
        "?p=X-NETEASE-HUGE-ATTACHMENT&file=KEY-one_1&title=%E6%9D%90%E6%96%99"
    )


def test_netease_table_prints_the_size_after_the_link() -> None:
    assert _said(_links("netease_table")) == [
        ("netease", "现场视频.avi", round(47.68 * MEGA), "2017年7月30日")
    ]


def test_netease_enterprise_mail_hides_the_exact_size_in_attributes() -> None:
    # 1501645740000 ms is 2017-08-02 03:49 UTC, 11:49 in Shanghai.
    assert _said(_links("netease_qiye")) == [
        ("netease", "演练总视频.mp4", 95_397_296, "2017年8月2日")
    ]


def test_netease_mail_master_link() -> None:
    assert _said(_links("netease_dashi")) == [
        ("netease", "疏散演练.mpg", round(305.5 * MEGA), "2017年8月12日")
    ]


def test_qq_transfer_station_says_name_size_and_expiry_three_times() -> None:
    assert _said(_links("qq_old")) == [
        ("qq", "消防演练.mp4", round(128.03 * MEGA), "2017年8月1日"),
        ("qq", "照片.rar", round(66.6 * MEGA), ""),
    ]


def test_qq_hosts_of_one_file_are_one_entry_and_the_date_stays_as_printed() -> None:
    links = _links("qq_new")
    assert _said(links) == [("qq", "综合演练.mp4", round(512.5 * MEGA), "2017年08月01日")]
    assert "&amp;" not in links[0].url


def test_aliyun_prints_name_and_size_before_the_link() -> None:
    assert _said(_links("aliyun")) == [("aliyun", "防汛演练.mts", round(27.3 * MEGA), None)]


def test_baidu_links_keep_their_passwords() -> None:
    links = _links("baidu")
    assert [(link.provider, link.name, link.password) for link in links] == [
        ("baidu", None, "x3y9"),
        ("baidu", "演练视频（二）", "k8w2"),
    ]


def test_other_net_disks() -> None:
    links = _links("other_disks")
    assert [(link.provider, link.password) for link in links] == [
        ("weiyun", "ab12cd"), ("189", "t6ku"), ("alipan", "7z1a"), ("quark", None), ("139", "Tz9q"),
    ]  # fmt: skip
    assert links[0].name == "演练.mp4"


def test_a_table_prints_name_size_and_expiry_before_the_link() -> None:
    assert _said(_links("table_with_the_link_last")) == [
        ("netease", "演练视频.mp4", 1_288_490_189, "2017-08-02"),
        ("netease", "演练照片.zip", 80 * MEGA, "2017-08-03"),
    ]


def test_sizes_and_dates_in_words_of_their_own_behind_the_link() -> None:
    assert _said(_links("size_without_brackets")) == [
        ("netease", "演练.mp4", round(300.5 * MEGA), "2017年8月2日")
    ]


def test_the_warning_pages_of_gateways_are_seen_through() -> None:
    links = _links("behind_a_gateway")
    assert [(link.provider, link.url, link.password) for link in links] == [
        ("baidu", "https://pan.baidu.com/s/1AbCdEf", "x3y9"),
        ("weiyun", "https://share.weiyun.com/abcdEF", None),
    ]


def test_both_addresses_of_a_baidu_share_are_one_entry() -> None:
    text = (
        "https://pan.baidu.com/s/1AbCdEf\nhttps://pan.baidu.com/share/init?surl=AbCdEf 提取码 a1b2"
    )
    (link,) = find_links("", text)
    assert (link.url, link.password) == ("https://pan.baidu.com/s/1AbCdEf", "a1b2")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/check_link?url=https%3A%2F%2Fevil.example%2Fs%2F1AbCdEf",
        "https://x.safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fevil.example",
        "https://mail.qq.com/check_link?url=javascript%3Aalert",
    ],
)
def test_a_gateways_page_leads_to_nothing_else(url: str) -> None:
    assert find_links("", url) == ()


@pytest.mark.parametrize(
    ("text", "provider", "password"),
    [
        ("https://www.wenshushu.cn/f/abc123 取件码 1234", "wenshushu", "1234"),
        ("https://cowtransfer.com/s/abcdef 口令：abc123", "cowtransfer", "abc123"),
        ("https://wwx.lanzoui.com/iAbCd 密码:ab12", "lanzou", "ab12"),
        ("https://115.com/s/swab12cd?password=x1y2#", "115", None),
        ("https://url01.ctfile.com/f/1234-5678-abcd 访问密码：6789", "ctfile", "6789"),
        ("http://yunpan.cn/cQab12cd 提取码 ab12", "360", "ab12"),
        ("https://docs.qq.com/sheet/DQ2abcdEF", "tencentdocs", None),
        ("https://kdocs.cn/l/cabc123def", "kdocs", None),
        ("https://abc.feishu.cn/file/boxcnAbc123", "feishu", None),
        ("https://1drv.ms/v/s!AbCdEfGh", "onedrive", None),
        ("https://abc-my.sharepoint.cn/:v:/g/personal/ab/EXabc123", "onedrive", None),
        ("https://www.dropbox.com/s/abcd1234/x.mp4?dl=0", "dropbox", None),
        ("https://we.tl/t-AbCd1234", "wetransfer", None),
        ("http://www.erqi.example/video/2017/drill.MP4", "website", None),
    ],
)
def test_services_that_send_files(text: str, provider: str, password: str) -> None:
    (link,) = find_links("", text)
    assert (link.provider, link.password) == (provider, password)


def test_the_style_sheet_of_netease_and_its_adverts_are_no_attachment() -> None:
    assert _links("template_without_attachment") == ()


def test_plain_text_prints_name_size_link() -> None:
    text = (
        "从QQ邮箱发来的超大附件\n\n"
        "甲.mp4 (128.03M, 2017年8月1日 21:59 到期)进入下载页面："
        "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=k1&code=c1\n"
        "乙 片段.avi (2.5G, 无限期)进入下载页面："
        "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=k2&code=c2\n"
    )
    links = find_links("", text)
    assert _said(links) == [
        ("qq", "甲.mp4", round(128.03 * MEGA), "2017年8月1日"),
        ("qq", "乙 片段.avi", round(2.5 * 1024 * MEGA), ""),
    ]


def test_text_rendered_from_html_prints_name_link_size() -> None:
    text = (
        "从网易163邮箱发来的超大附件\n"
        "<https://mail.163.com/large-attachment-download/index.html?file=K1&title=x>\n"
        "一.mp4\n<https://mail.163.com/large-attachment-download/index.html?file=K1&title=x>"
        "(3.61M,\n2017年7月25日 13:35 到期)\n"
    )
    assert _said(find_links("", text)) == [
        ("netease", "一.mp4", round(3.61 * MEGA), "2017年7月25日")
    ]


def test_a_link_in_both_bodies_is_one_entry() -> None:
    html = '<a href="https://pan.baidu.com/s/1AAAA">视频</a>'
    text = "视频 https://pan.baidu.com/s/1AAAA 提取码：q1w2"
    links = find_links(html, text)
    assert len(links) == 1
    assert links[0].password == "q1w2"


@pytest.mark.parametrize(
    "url",
    [
        "https://mail.163.com.evil.example/large-attachment-download/index.html?file=K",
        "https://evilmail.qq.com.example/ftn/download?key=K",
        "ftp://mail.163.com/large-attachment-download/index.html?file=K",
        "https://mail.163.com/large-attachment-download/index.html?file=",
        "http://[mail.163.com/large-attachment-download/index.html?file=K",
        "https://pan.baidu.com/disk/home",
    ],
)
def test_addresses_that_only_resemble_one_are_no_links(url: str) -> None:
    assert find_links(f'<a href="{url}">x.mp4</a>', url) == ()


def test_nothing_in_the_bodies_gives_nothing() -> None:
    assert find_links("", "") == ()


@pytest.mark.parametrize(
    "unit",
    [
        "<!--x>", "<a ", "<a x='", "<a href=\"", "<", "&", "<!x", "< a", "<style>", "</a", "(1M, ",
        "\n \t", '<a href="https://pan.baidu.com/s/1AAAA">', "https://pan.baidu.com/s/1AAAA ",
        "提取码", "2017年", "a.b",
    ],
)  # fmt: skip
def test_the_time_for_a_hostile_body_grows_no_faster_than_the_body(unit: str) -> None:
    def seconds(length: int) -> float:
        body = unit * (length // len(unit))
        begun = monotonic()
        find_links(body, body)
        return monotonic() - begun

    seconds(1000)
    short, long = seconds(25_000), seconds(400_000)
    # Sixteen times the length: a quadratic reader takes 256 times as long.
    assert long < 100 * max(short, 0.01)


def test_markup_keeps_text_and_attributes_apart() -> None:
    tokens = list(
        parse_markup("a&lt;b<A HREF=\"x?a=1&amp;copy=2\" title='>'>c</a><!-- <b> -->d<br/>")
    )
    assert [(t.tag, t.text, t.attributes) for t in tokens] == [
        ("", "a<b", {}),
        ("a", "", {"href": "x?a=1&copy=2", "title": ">"}),
        ("", "c", {}),
        ("/a", "", {}),
        ("", "d", {}),
        ("br", "", {}),
    ]
