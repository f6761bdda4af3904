"""A table on the terminal: what stands in a column stands below its head, in Chinese too."""

from mailbot.cli.columns import columns_of, in_columns

HEAD = ["单位", "材料", "照片"]


def test_a_chinese_sign_takes_two_columns_and_a_mark_above_one_none() -> None:
    assert [columns_of(text) for text in ("区", "A", "é", "é", "（")] == [2, 1, 1, 1, 2]


def test_texts_stand_below_their_head_and_marks_in_the_middle() -> None:
    rows = [["中原区", "未齐", "✗"], ["A", "齐全", "✓"]]
    assert list(in_columns(HEAD, rows, centred=2, width=80)) == [
        "单位    材料  照片",
        "─" * 18,
        "中原区  未齐   ✗",
        "A       齐全   ✓",
    ]


def test_the_first_column_is_folded_where_the_terminal_is_narrow() -> None:
    rows = [["郑州经济技术开发区", "未报", "-"]]
    lines = list(in_columns(HEAD, rows, centred=2, width=20))
    assert max(map(columns_of, lines)) <= 20
    assert "".join(line[:8].split()[0] for line in lines[2:]) == "郑州经济技术开发区"
    assert lines[2].endswith("-")


def test_a_table_without_rows_is_its_head() -> None:
    assert len(list(in_columns(HEAD, [], centred=1, width=80))) == 2
