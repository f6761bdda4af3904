"""Telephone numbers, several in a cell: parted by signs, by words, by spaces alone."""

import pytest

from mailbot.judgement.form.phones import parse_phone


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0371-67182119 13800001111", "0371-67182119、13800001111"),
        ("0371 67182119 138 0000 1111", "0371-67182119、13800001111"),
        ("67182119 67182118 67182117", "67182119、67182118、67182117"),
        ("67182119 67182119", "67182119"),
        ("0371-67182119/13800001111", "0371-67182119、13800001111"),
        ("0371-67182119、67182118转801", "0371-67182119、67182118-801"),
        ("0371-67182119分机号12", "0371-67182119-12"),
        ("办公电话：0371-67182119 手机13800001111", "0371-67182119、13800001111"),
        ("+86 371 6718 2119", "0371-67182119"),
        ("0086-138-0000-1111", "13800001111"),
        ("400-163-1163", "400-163-1163"),
        ("13800001111.0", "13800001111"),  # a number to the spreadsheet
        ("1.3800001111E+10", "13800001111"),
        ("1.3800001111e10", "13800001111"),
        ("67182119 1234", None),  # what is left over is no number
        ("138 0000 111", None),
        ("671821191", None),
        ("", None),
    ],
)
def test_telephone_numbers_are_told_apart_or_none_is_read(text: str, numbers: str | None) -> None:
    assert parse_phone(text) == numbers


@pytest.mark.parametrize(("parts", "read"), [(12, True), (13, False)])
def test_of_many_parts_parted_by_spaces_nothing_is_guessed(parts: int, read: bool) -> None:
    text = " ".join(["0371", "6718", "2119"] * 4 + ["67182118"] * (parts - 12))
    assert (parse_phone(text) is not None) is read
