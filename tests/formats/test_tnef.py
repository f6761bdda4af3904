"""winmail.dat is opened; damaged ones give what is left."""

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import tnef
from make.examples import examples
from make.tnef import Enclosed, properties, winmail

from mailbot.formats.tnef import decompress_rtf, read_tnef

PHOTO = bytes(range(256)) * 5
FILES = [
    Enclosed("YANLIA~1.JPG", "2017年应急演练照片镕.jpg", PHOTO),
    Enclosed("统计表.xls", "", b"table"),
]


def _read(tmp_path: Path, data: bytes) -> list[tuple[str, bytes]]:
    path = tmp_path / "winmail.dat"
    path.write_bytes(data)
    return read_tnef(path)[1]


def test_files_come_out_under_their_long_names_and_the_body_as_text(tmp_path: Path) -> None:
    assert _read(tmp_path, winmail(FILES, body="金水区报送材料")) == [
        ("正文.txt", "金水区报送材料".encode()),
        ("2017年应急演练照片镕.jpg", PHOTO),
        ("统计表.xls", b"table"),
    ]


def test_the_mail_has_its_subject_and_text(tmp_path: Path) -> None:
    link = "https://pan.baidu.com/s/1AbCdEf"
    subject = properties((tnef.UNICODE, 0x0037, "金水区材料".encode("utf-16-le") + b"\0\0"))
    path = tmp_path / "winmail.dat"
    path.write_bytes(winmail(FILES, body=f"见附件 {link}", message=subject))
    mail = read_tnef(path)[0]
    assert (mail.subject, mail.text) == ("金水区材料", f"见附件 {link}")


def test_html_and_compressed_rtf_bodies_come_out(tmp_path: Path) -> None:
    html = properties((tnef.BINARY, tnef.BODY_HTML, "<p>材料</p>".encode()))
    assert _read(tmp_path, winmail(message=html)) == [("正文.html", "<p>材料</p>".encode())]
    plain = b"{\\rtf1 text}"
    packed = struct.pack("<II4sI", len(plain) + 12, len(plain), b"MELA", 0) + plain
    rtf = properties((tnef.BINARY, tnef.RTF_COMPRESSED, packed))
    assert _read(tmp_path, winmail(message=rtf)) == [("正文.rtf", plain)]


@pytest.mark.parametrize(
    ("packed", "plain"),
    [  # MS-OXRTFCP 3.1.1 and 3.1.2
        (
            "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af320"
            "68656c090020627705b06c647d0a800fa0",
            b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
        ),
        (
            "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
            b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
        ),
    ],
)
def test_the_specifications_examples_of_compressed_rtf_decompress(
    packed: str, plain: bytes
) -> None:
    assert decompress_rtf(bytes.fromhex(packed)) == plain


def test_an_attached_message_is_a_stream_of_its_own(tmp_path: Path) -> None:
    inner = winmail(FILES[:1])
    item = properties(
        (tnef.UNICODE, tnef.DISPLAY_NAME, "转发".encode("utf-16-le")),
        (tnef.OBJECT, tnef.CONTENT, tnef.MESSAGE_OBJECT + inner),
    )
    outer = winmail([Enclosed("转发", "", b"")]).removesuffix(
        tnef.attribute(2, 0x00069005, properties())
    ) + tnef.attribute(2, 0x00069005, item)
    ((name, data),) = _read(tmp_path, outer)
    assert name == "转发.tnef"
    assert _read(tmp_path, data) == [(FILES[0].long_name, PHOTO)]


def test_names_with_folders_lose_them(tmp_path: Path) -> None:
    enclosed = Enclosed("x", "..\\..\\startup\\演练.exe", b"x")
    assert _read(tmp_path, winmail([enclosed])) == [("演练.exe", b"x")]


def test_a_stream_cut_off_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    whole = winmail(FILES)
    cut = whole[: whole.index(b"table")]
    assert _read(tmp_path, cut)[0] == (FILES[0].long_name, PHOTO)


def test_what_is_no_tnef_holds_nothing(tmp_path: Path) -> None:
    assert _read(tmp_path, b"PK\3\4 something else") == []
    assert _read(tmp_path, b"") == []


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(120),
    deadline=None,
)
@given(data=st.data())
def test_no_damage_raises(tmp_path: Path, data: st.DataObject) -> None:
    packed = struct.pack("<II4sI", 99, 4000, b"LZFu", 0) + data.draw(st.binary(max_size=60))
    message = properties((tnef.BINARY, tnef.RTF_COMPRESSED, packed))
    stream = bytearray(winmail(FILES, message=message))
    for _ in range(data.draw(st.integers(1, 8))):
        stream[data.draw(st.integers(0, len(stream) - 1))] = data.draw(st.integers(0, 255))
    names = [name for name, _ in _read(tmp_path, bytes(stream))]
    assert all(name and "/" not in name for name in names)


@pytest.mark.samples
def test_sample_streams_hold_what_the_other_readers_found(samples: Path) -> None:
    folder = samples / "public" / "eml"
    for path in sorted(folder.glob("tnef__*")):
        names = [name for name, _ in read_tnef(path)[1]]
        assert [name for name in names if not name.startswith("正文")] == []
