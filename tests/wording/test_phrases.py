"""Dates, sizes, measures and names as they stand in our mail."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make.dossiers import judged, photo, video

from mailbot.campaign.types import Campaign
from mailbot.model import Kind
from mailbot.wording.phrases import (
    clean,
    days_to_deadline,
    expiry_words,
    format_moment,
    format_size,
    is_past_deadline,
    last_day,
    measured,
)

TODAY = date(2017, 7, 8)


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0字节"),
        (1023, "1023字节"),
        (1024, "1KB"),
        (46_285, "45.2KB"),
        (1_048_575, "1MB"),
        (3_250_586, "3.1MB"),
        (45_613_056, "43.5MB"),
        (1_503_238_554, "1.4GB"),
        (5_497_558_138_880, "5120GB"),
    ],
)
def test_sizes_read_as_mail_clients_print_them(octets: int, words: str) -> None:
    assert format_size(octets) == words


def test_a_moment_has_no_leading_zeros_and_is_local(campaign: Campaign) -> None:
    moment = datetime(2017, 7, 7, 16, 5, tzinfo=UTC)
    assert format_moment(moment, campaign.zone) == "2017年7月8日 0:05"


@pytest.mark.parametrize(
    "deadline", ["2017-07-05T23:59:59+08:00", "2017-07-06T00:00:00+08:00", "2017-07-05T16:00:00Z"]
)
def test_the_fifth_is_the_last_day_however_the_deadline_is_written(
    campaign: Campaign, deadline: str
) -> None:
    other = campaign.model_copy(update={"deadline": datetime.fromisoformat(deadline)})
    assert last_day(other) == date(2017, 7, 5)


def test_days_to_the_deadline_are_counted_in_local_days(campaign: Campaign) -> None:
    # 23:30 on the 3rd and 0:30 on the 4th, in Zhengzhou.
    assert days_to_deadline(campaign, datetime(2017, 7, 3, 15, 30, tzinfo=UTC)) == 2
    assert days_to_deadline(campaign, datetime(2017, 7, 3, 16, 30, tzinfo=UTC)) == 1
    assert days_to_deadline(campaign, datetime(2017, 7, 8, 4, 0, tzinfo=UTC)) == -3


def test_the_last_second_is_in_time_and_midnight_is_not(campaign: Campaign) -> None:
    assert not is_past_deadline(campaign, datetime(2017, 7, 5, 15, 59, 59, tzinfo=UTC))
    assert is_past_deadline(campaign, datetime(2017, 7, 5, 16, 0, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("2017年8月2日", "2017年8月2日到期，还有25天"),
        ("2017年8月2日 0:49", "2017年8月2日 0:49到期，还有25天"),
        ("2017-07-09", "2017-07-09到期，还有1天"),
        ("2017年7月8日", "2017年7月8日到期，今天为最后一天"),
        ("2017年7月7日", "2017年7月7日到期，已过期"),
        ("2017年13月40日", "2017年13月40日到期"),
        ("十五天后", "十五天后到期"),
        ("", "长期有效"),
        (None, "未标明有效期"),
    ],
)
def test_an_expiry_is_told_as_printed_with_the_days_left(printed: str | None, words: str) -> None:
    assert expiry_words(printed, TODAY) == words


def test_measures_are_told_in_one_breath() -> None:
    assert measured(photo("a.jpg", 1920, 1080)) == "1920×1080 JPG"
    assert measured(video("a.mp4", 1920, 1080)) == "1920×1080 MP4 H.264 12.3秒"
    assert measured(judged("a.xlsx", Kind.FORM, "xlsx")) == "XLSX"
    assert measured(judged("正文", Kind.TEXT, "txt")) == ""
    zipped = judged("a.zip", Kind.ARCHIVE, "zip", members=(photo("b.jpg", 1, 1),))
    assert measured(zipped) == "ZIP 内含1个文件"
    assert measured(judged("a.rar", Kind.ARCHIVE, "rar")) == "RAR"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("照片\u202egpj.exe", "照片gpj.exe"),
        ("a\r\nBcc: x", "a Bcc: x"),
        ("a\x00\x1b[31mb", "a [31mb"),
        ("\udcff坏", "坏"),
        ("https://evil.example/x", "https: //evil.example/x"),
        ("  a \t b　c ", "a b c"),
        ("演练方案（终稿）.docx", "演练方案（终稿）.docx"),
    ],
)
def test_a_name_is_made_harmless(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_long_name_keeps_its_beginning_and_its_extension() -> None:
    shown = clean("长" * 500 + ".jpg")
    assert len(shown) == 120
    assert shown.startswith("长长")
    assert "…" in shown
    assert shown.endswith(".jpg")


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(10, 200))
def test_whatever_comes_is_one_short_encodable_line(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert "://" not in shown
