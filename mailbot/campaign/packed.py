"""A rules folder that came as a zip: only the files that a folder can have, within bounds."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.errors import SettingsError

_NAME = re.compile(r"(?:[\w.-]+\.yaml|units\.csv|notice\.txt|templates/[\w.-]+\.j2)")
_MOST_FILES, _MOST_BYTES = 100, 4 * 1024**2


def unpack_rules(packed: bytes) -> dict[str, str]:
    """The files of the folder by name; it may lie in one folder of the zip, or at its top.

    SettingsError for what is no zip, has too much in it, or lacks campaign.yaml.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = _read(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise SettingsError(f"the file is no zip that can be read ({error})", "rules") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"a file is not UTF-8 ({error.reason})", "rules") from error
    if "campaign.yaml" not in files:
        raise SettingsError("no campaign.yaml in the zip", "rules")
    return files


def load_packed(files: Mapping[str, str], name: str) -> Campaign:
    """Prove the files as a folder of this name; SettingsError as `load_campaign`, without the
    place where they were laid out."""
    with TemporaryDirectory(prefix="mailbot-rules-") as place:
        folder = Path(place) / (re.sub(r"[^\w.-]", "_", name) or "rules")
        (folder / "templates").mkdir(parents=True)
        for file, text in files.items():
            if not _NAME.fullmatch(file):
                raise SettingsError(f"{file}: no file of a rules folder", "rules")
            (folder / file).write_text(text, encoding="utf-8")
        try:
            return load_campaign(folder)
        except SettingsError as error:
            raise SettingsError(str(error).replace(f"{folder}/", ""), "rules") from None


def _read(archive: zipfile.ZipFile) -> dict[str, str]:
    infos = [one for one in archive.infolist() if not one.is_dir()]
    tops = [
        one.filename.removesuffix("campaign.yaml")
        for one in infos
        if re.fullmatch(r"(?:[^/\\]+/)?campaign\.yaml", one.filename)
    ]
    top = min(tops, key=len, default="")
    files: dict[str, str] = {}
    left = _MOST_BYTES
    for one in infos:
        name = one.filename.removeprefix(top)
        if not one.filename.startswith(top) or not _NAME.fullmatch(name):
            continue
        with archive.open(one) as member:
            content = member.read(left + 1)  # what is stated of its size may be a lie
        left -= len(content)
        if left < 0 or len(files) >= _MOST_FILES:
            raise SettingsError("the zip is larger than any rules folder", "rules")
        files[name] = content.decode("utf-8-sig")
    return files
