"""Small whole files of every sort that units send, for the mutation fuzz to damage."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import py7zr

from mailbot.demo.documents import plan, summary, write_form
from mailbot.demo.photos import make_psd
from make.archives import make_rar, make_zip
from make.documents import Pdf, open_sheet, presentation, ruled, spreadsheet_xml
from make.forms import shipped_spec
from make.mails import MAILERS, Draft
from make.media import photo, video
from make.mime import File, attachment, entity, multipart, text_part, uuencoded
from make.tnef import BINARY, BODY_HTML, Enclosed, properties, winmail

DATA = Path(__file__).resolve().parent.parent / "data"
# MediaInfo hangs on one in a hundred of the mutants of these (tests/data/defects), and FFmpeg's mkv
# differs from run to run.
_HANGING = ("flv", "mkv", "webm")
_VIDEOS = {"mp4": "mp4", "fragmented.mp4": "mp4-fragmented", "mov": "mov", "mpg": "mpg",
           "vob": "vob", "avi": "avi", "mts": "mts", "ts": "ts", "wmv": "wmv", "3gp": "3gp",
           "rmvb": "rmvb"}  # fmt: skip
_PHOTOS = {
    "jpg": "JPEG",
    "png": "PNG",
    "gif": "GIF",
    "webp": "WEBP",
    "bmp": "BMP",
    "tif": "TIFF",
    "avif": "AVIF",
    "jp2": "JPEG2000",
    "mpo": "MPO",
}
_TEXT = "金水区演练方案\n一、演练目的\n二、演练时间 2017年6月20日\n三、参演单位\n四、演练步骤\n"
_HTML = (
    "<html><head><meta charset=gb2312></head><body><h1>演练方案</h1><table border=1>"
    "<tr><td rowspan=2>总体情况</td><td>举办次数</td></tr><tr><td>2</td></tr></table></body></html>"
)


@cache
def hanging_seeds() -> dict[str, bytes]:
    """Videos whose damage may cost the time limit, and nothing more."""
    return {f"视频.{each}": video(each, 64, 48, seconds=0.2).read_bytes() for each in _HANGING}


@cache
def seeds() -> dict[str, bytes]:
    """Name (with the extension a unit would use) → octets, most of a few KB, none over 40 KB."""
    return dict(_all())


def _all() -> Iterator[tuple[str, bytes]]:
    yield from _mails()
    for extension, format_ in _PHOTOS.items():
        yield f"照片.{extension}", photo(96, 64, format_, seed=3)
    yield "竖拍.jpg", photo(64, 48, orientation=6, taken_at="2017:06:20 09:30:00", progressive=True)
    yield "隔行.png", photo(33, 17, "PNG", "RGBA")
    yield "印刷.jpg", photo(48, 64, mode="CMYK")
    yield "照片.psd", make_psd(64, 48)
    yield "照片.heic", heic()
    for extension, container in _VIDEOS.items():
        yield f"视频.{extension}", video(container, 64, 48, seconds=0.2).read_bytes()
    yield from _documents()
    yield from _archives()


def _mails() -> Iterator[tuple[str, bytes]]:
    files = (File("演练照片.jpg", photo(48, 32), "image/jpeg"), File("方案.txt", _TEXT.encode()))
    for name, write in MAILERS.items():
        yield f"{name}.eml", write(Draft(files=files))
    inner = MAILERS["foxmail"](Draft(subject="转发：材料", files=files[1:]))
    tnef = attachment(File("winmail.dat", _winmail(), "application/ms-tnef"), '"winmail.dat"')
    letter = entity([("Content-Type", "message/rfc822"), ("Content-Disposition", "attachment")])
    text = text_part("材料见附件。\n", "gb2312", "quoted-printable")
    uu = entity(["Content-Type: text/plain"], uuencoded("照片.txt".encode("gbk"), _TEXT.encode()))
    body = multipart("=_b", text, letter + inner, tnef, uu, entity([], _TEXT.encode("gbk")))
    kind = 'Content-Type: multipart/mixed; boundary="=_b"'
    yield "forward.eml", entity(["From: a@example.test", "Subject: FW", kind], body)
    for path in ("auto_reply", "qq_bounce", "delivery_report"):
        found = next((DATA / "automail").glob(f"*{path}.eml"))
        yield found.name, found.read_bytes()
    link = (DATA / "links" / "qq_new.html").read_bytes()
    head = ["From: a@example.test", "Subject: video", "Content-Type: text/html; charset=utf-8"]
    yield "links.eml", entity(head, link)
    yield "winmail.dat", _winmail()


def _winmail() -> bytes:
    enclosed = [Enclosed("PLAN~1.TXT", "演练方案.txt", _TEXT.encode())]
    html = properties((BINARY, BODY_HTML, _HTML.encode("gbk")))
    return winmail(enclosed, body=_TEXT, message=html)


def _documents() -> Iterator[tuple[str, bytes]]:
    spec = shipped_spec("zhengzhou-2017")
    form: dict[str, str | int | float] = {
        "unit": "金水区",
        "reported_on": "2017-07-03",
        "overall.drills": 2,
    }
    yield "统计表.xlsx", write_form(spec, form)
    yield "方案.docx", plan("金水区")
    yield "总结.docx", summary("金水区")
    yield "幻灯.pptx", presentation(["演练过程", "演练效果"])
    yield "表.ods", open_sheet("<table:table table:name='a'><table:table-row><table:table-cell>"
                              "<text:p>填报单位</text:p></table:table-cell></table:table-row>"
                              "</table:table>")  # fmt: skip
    yield "表2003.xls", spreadsheet_xml("<Worksheet ss:Name='a'><Table><Row><Cell><Data ss:Type="
                                       "'String'>举办次数</Data></Cell></Row></Table></Worksheet>"
                                       ).encode()  # fmt: skip
    for name in ("form.doc", "book.xls", "floating_pictures.rtf", "form.odt", "password.pdf"):
        yield name, (DATA / "documents" / name).read_bytes()
    pdf = Pdf()
    picture = (96, 64, photo(96, 64))
    pdf.page([(80, 700, "演练方案")], ruled(72, 680, [90, 90], [20, 20]), [picture])
    yield "方案.pdf", pdf.octets()
    rtf = "".join(f"\\u{ord(each)}?" if ord(each) > 127 else each for each in _TEXT)
    yield "网页.mht", (DATA / "documents" / "word_web_page_in_one_file.doc").read_bytes()
    yield "方案.rtf", f"{{\\rtf1\\ansi\\ansicpg936 {rtf}\\trowd\\cellx99 a\\cell\\row}}".encode()
    yield "表.html", _HTML.encode("gbk")
    yield "表.csv", "填报单位,金水区\n举办次数,2\n参演人数,60\n".encode("gbk")
    yield "文字.txt", _TEXT.encode("gbk")
    yield "日程.ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


def _archives() -> Iterator[tuple[str, bytes]]:
    files = {"金水区/照片.jpg": photo(48, 32), "金水区/方案.txt": _TEXT.encode("gbk")}
    yield "照片.zip", make_zip([(name.encode("gbk"), data) for name, data in files.items()])
    yield "照片.rar", make_rar(list(files.items()))[0]
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    yield "照片.tar", target.getvalue()
    yield "照片.tar.gz", gzip.compress(target.getvalue())
    for name, filters in _SEVEN.items():
        target = io.BytesIO()
        with py7zr.SevenZipFile(target, "w", filters=filters) as seven:
            for path, data in files.items():
                seven.writef(io.BytesIO(data), path)
        yield name, target.getvalue()
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as outer:
        outer.writestr("里/照片.tar.gz", gzip.compress(target.getvalue()))
        outer.writestr("信.eml", MAILERS["iphone"](Draft()))
    yield "套.zip", nested.getvalue()
    for kept in sorted((DATA / "archives").glob("*.*")):
        yield kept.name, kept.read_bytes()


_SEVEN = {
    "照片.7z": [{"id": py7zr.FILTER_LZMA2, "preset": 1}],
    "存.7z": [{"id": py7zr.FILTER_COPY}],
}


def heic() -> bytes:
    """The boxes of a HEIC (ISO/IEC 23008-12) of one item with its size and place."""

    def box(kind: bytes, *parts: bytes) -> bytes:
        content = b"".join(parts)
        return struct.pack(">I4s", len(content) + 8, kind) + content

    ispe = box(b"ispe", struct.pack(">III", 0, 4032, 3024))
    ipma = box(b"ipma", struct.pack(">IIHBB", 0, 1, 1, 1, 1))
    infe = box(b"infe", struct.pack(">IHH4s", 2 << 24, 1, 0, b"hvc1"), b"\0")
    meta: Callable[[int], bytes] = lambda offset: box(  # noqa: E731 - asked twice, for its length
        b"meta",
        bytes(4),
        box(b"pitm", struct.pack(">IH", 0, 1)),
        box(b"iinf", struct.pack(">IH", 0, 1), infe),
        box(b"iprp", box(b"ipco", ispe), ipma),
        box(b"iloc", struct.pack(">IBBHHHHII", 0, 0x44, 0, 1, 1, 0, 1, offset, 200)),
    )
    head = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", bytes(200))
