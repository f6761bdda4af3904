"""Previews for the pages: drawn by a worker, not tried at every look, never in the web process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from make.media import photo

from mailbot.console import previews
from mailbot.console.previews import Previews
from mailbot.files import BlobStore
from mailbot.inspection.previews.drawing import Drawing, nothing
from mailbot.inspection.previews.store import THUMB, preview_path


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Previews]:
    made = Previews(tmp_path)
    yield made
    made.close()


def test_a_preview_is_drawn_once(found: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
    blob = BlobStore(found.blobs).put(photo(800, 600))
    path = found.find(blob.sha256, "jpeg", THUMB)
    assert path is not None
    assert path.is_file()
    monkeypatch.setattr(previews, "InspectionPool", None)  # it would have to be asked
    assert Previews(found.blobs).find(blob.sha256, "jpeg", THUMB) == path


def test_what_a_worker_cannot_draw_is_asked_of_it_once(
    found: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = BlobStore(found.blobs).put(b"no photo")
    assert found.find(blob.sha256, "jpeg", THUMB) is None
    assert preview_path(found.blobs, blob.sha256, nothing(THUMB)).is_file()
    monkeypatch.setattr(previews, "InspectionPool", None)
    assert Previews(found.blobs).find(blob.sha256, "jpeg", THUMB) is None


def test_a_machine_that_starts_no_process_says_nothing_of_a_file(
    found: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no more processes")

    blob = BlobStore(found.blobs).put(photo(800, 600))
    with monkeypatch.context() as patch:
        patch.setattr(previews, "InspectionPool", refused)
        assert found.find(blob.sha256, "jpeg", THUMB) is None
    assert not preview_path(found.blobs, blob.sha256, nothing(THUMB)).exists()
    assert found.find(blob.sha256, "jpeg", THUMB) is not None


def test_nothing_is_drawn_of_what_is_not_there(found: Previews) -> None:
    assert found.find("0" * 64, "jpeg", THUMB) is None
    assert not (found.blobs / "previews").exists()


def test_a_file_that_ends_its_worker_is_marked(
    found: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbot.inspection.workers.serving import unmeasured
    from mailbot.model import Fault

    class Dying:
        def __init__(self, *_: object) -> None: ...

        def submit(self, task: Drawing) -> object:
            from concurrent.futures import Future

            future: Future[object] = Future()
            future.set_result(unmeasured(task, Fault("crashed")))
            return future

        def close(self) -> None: ...

    monkeypatch.setattr(previews, "InspectionPool", Dying)
    blob = BlobStore(found.blobs).put(photo(800, 600))
    assert found.find(blob.sha256, "jpeg", THUMB) is None
    assert preview_path(found.blobs, blob.sha256, nothing(THUMB)).is_file()
