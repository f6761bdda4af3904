"""XML that would grow without end, or fetch: entity bombs and external entities in every format."""

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest
from make.submitted import figures, zipped

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_form
from mailbot.inspection.readers.xmlparts import has_no_document_type
from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Inspected

LAUGHS = "<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)


@dataclass
class Listener:
    """Counts who calls: a reader that resolves an external entity would."""

    port: int = 0
    calls: list[object] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                found.calls.append(address)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def with_entities(part: bytes, entities: str, use: str) -> bytes:
    """The part with a document type in front of its root, and the entity as its first text."""
    rest = part.decode().partition("?>")[2] if part.startswith(b"<?xml") else ""
    body = rest or part.decode()
    at = body.index(">", body.index("<")) + 1
    declared = f"<!DOCTYPE x [{entities}]>"
    return f"<?xml version='1.0' encoding='UTF-8'?>{declared}{body[:at]}{use}{body[at:]}".encode()


def repacked(package: bytes, entities: str, use: str) -> bytes:
    """Every XML part of a package, so that no reader passes one by."""
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return zipped(
        {
            name: with_entities(content, entities, use)
            if name.endswith(".xml") and "Content_Types" not in name and b"<" in content
            else content
            for name, content in parts.items()
        }
    )


OPEN = (
    "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
    " xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:text>"
    "<text:p>演练方案</text:p></office:text></office:body></office:document-content>"
)


def packages(campaign: Campaign) -> dict[str, bytes]:
    kind = "application/vnd.oasis.opendocument."
    return {
        "docx": plan("金水区"),
        "xlsx": write_form(campaign.form, figures("金水区")),
        "odt": zipped({"mimetype": f"{kind}text".encode(), "content.xml": OPEN.encode()}),
        "ods": zipped({"mimetype": f"{kind}spreadsheet".encode(), "content.xml": OPEN.encode()}),
    }


def a_file(campaign: Campaign, ending: str, entities: str, use: str) -> bytes:
    if ending in ("docx", "xlsx", "odt", "ods"):
        return repacked(packages(campaign)[ending], entities, use)
    bodies = {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><text>x</text></svg>",
        "xml": b"<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'></Workbook>",
        "html": b"<html><body>x</body></html>",
    }
    return with_entities(bodies[ending], entities, use)


def everything_said(inspected: Inspected) -> str:
    return "".join(f"{one.text}{one.grids}{one.facts}" for one in inspected.walk())


def inspected(folder: Path, name: str, content: bytes) -> Inspected:
    path = folder / "file"
    path.write_bytes(content)
    return inspect_file(Task(path=path, name=name, blobs=folder / "blobs"))


ENDINGS = ("docx", "xlsx", "odt", "ods", "svg", "xml", "html")


@pytest.mark.parametrize("ending", ENDINGS)
def test_entities_that_multiply_are_not_multiplied(
    campaign: Campaign, tmp_path: Path, ending: str
) -> None:
    """10 to the power of 11, were they resolved: the test would not end."""
    content = a_file(campaign, ending, LAUGHS, "&a11;")
    found = inspected(tmp_path, f"演练方案.{ending}", content)
    assert "hahaha" not in everything_said(found)


@pytest.mark.parametrize("ending", ENDINGS)
def test_external_entities_are_neither_read_nor_fetched(
    campaign: Campaign, tmp_path: Path, listener: Listener, ending: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("GEHEIM")
    address = f"http://127.0.0.1:{listener.port}/x"
    entities = (
        f"<!ENTITY s SYSTEM '{secret.as_uri()}'><!ENTITY w SYSTEM '{address}'>"
        f"<!ENTITY % p SYSTEM '{address}'> %p;"
    )
    found = inspected(tmp_path, f"演练方案.{ending}", a_file(campaign, ending, entities, "&s;&w;"))
    assert "GEHEIM" not in everything_said(found)
    assert listener.calls == []


@pytest.mark.parametrize("ending", ["docx", "xlsx", "odt"])
def test_the_untouched_package_is_read(campaign: Campaign, tmp_path: Path, ending: str) -> None:
    """What the others are made of is readable: they fail by their entities alone."""
    found = inspected(tmp_path, f"演练方案.{ending}", packages(campaign)[ending])
    assert found.faults == ()
    assert "演练" in everything_said(found)


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "cp037", "gb18030")


@pytest.mark.parametrize("written", ENCODINGS)
@pytest.mark.parametrize("declared", ["", *ENCODINGS, "latin-1", "x' y='utf-8"])
@pytest.mark.parametrize("before", ["", "\n", "<!-- encoding='utf-8' ?>-->", "<?xml-a b?>"])
def test_no_document_type_gets_past_the_guard_in_any_encoding(
    written: str, declared: str, before: str
) -> None:
    """Only what surely has none is parsed without it; expat itself reads more encodings."""
    said = f" encoding='{declared}'" if declared else ""
    for head in (f"<?xml version='1.0'{said}?>", "", f"{before}<?xml version='1.0'{said}?>"):
        octets = f"{head}{before}<!DOCTYPE x [{LAUGHS}]><x>&a1;</x>".encode(written)
        assert not has_no_document_type(octets) or not read_by_expat(octets)


def read_by_expat(octets: bytes) -> bool:
    try:
        return ElementTree.fromstring(octets) is not None
    except (ElementTree.ParseError, ValueError, LookupError):
        return False
