"""A proved rules folder kept as plain JSON (`mailbot.kept`), for commands that start often.

`compiled_campaign` is `load_campaign` that proves a folder once: what is kept beside the ledger
counts only for the very octets of the folder and of the code that proved them.
"""

import hashlib
from pathlib import Path

from mailbot.campaign.rules import Data
from mailbot.campaign.types import Campaign
from mailbot.kept import keep, own_cache, proving_code, what_is_kept

KEPT = "campaign.json"


def compiled_campaign(folder: Path, data: Path) -> Campaign:
    """The campaign of a rules folder, as `load_campaign`; `data` is where it is kept proved."""
    key = _key(folder)
    kept = data / KEPT
    if (campaign := what_is_kept(kept, key, Campaign, Data)) is not None:
        return campaign
    from mailbot.campaign.folder import load_campaign

    campaign = load_campaign(folder)
    if _key(folder) == key:  # nobody saved a file of it meanwhile
        keep(kept, key, campaign)
    return campaign


def checked_campaign(folder: Path) -> Campaign:
    """The same for a command that has no data folder: kept in the user's own cache, the last one
    that was asked for, and nowhere where there is no such place."""
    cache = own_cache()
    if cache is not None:
        return compiled_campaign(folder, cache)
    from mailbot.campaign.folder import load_campaign

    return load_campaign(folder)


def _key(folder: Path) -> str:
    """A hash over the folder, by name and contents, and over what proves it."""
    digest = hashlib.sha256(_proving().encode())
    digest.update(f"{folder.resolve()}\0".encode())
    for pattern in ("*.yaml", "units.csv", "notice.txt", "templates/*.j2"):
        for path in sorted(folder.glob(pattern)):
            digest.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _proving() -> str:
    return proving_code(Path(__file__).parent)
