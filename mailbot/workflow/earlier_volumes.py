"""Volumes of one archive that a sender spread over several mails, each within the size limit."""

from collections import OrderedDict
from pathlib import Path

from mailbot.files import blob_path
from mailbot.formats.archives.volumes import Beside, volumes_beside
from mailbot.ledger import arrivals
from mailbot.ledger.store import Ledger
from mailbot.model import Message
from mailbot.objects import at_hand
from mailbot.workflow.facts import earlier_volumes

# Of mails that are not in the ledger yet; a few are in flight at a time.
_REMEMBERED = 500


class SentVolumes:
    """What each address sent so far: in the ledger, and in the mails that are being examined."""

    def __init__(self, ledger: Ledger, files: Path) -> None:
        self._ledger = ledger
        self._files = files
        self._in_flight: OrderedDict[tuple[str, str], Path] = OrderedDict()

    def earlier(self, message: Message) -> dict[str, Path]:
        """Volumes of the sets in this mail that came before, by name; this mail's are noted.

        Only from the same address: nobody completes what another sent.
        """
        address = message.sender.address
        names = [each.name for each in message.attachments]
        beside = Beside({name: Path(name) for name in names})
        if not address or not any(volumes_beside(name, beside.near(name)) for name in names):
            return {}
        before = {
            name: blob_path(self._files, sha256)
            for name, sha256 in arrivals.files_sent_by(self._ledger, address)
        }
        before |= {
            name: path for (sender, name), path in self._in_flight.items() if sender == address
        }
        found = {name: at_hand(path) for name, path in earlier_volumes(names, before).items()}
        for attachment in message.attachments:
            self._in_flight[address, attachment.name] = Path(attachment.blob.path)
        while len(self._in_flight) > _REMEMBERED:
            self._in_flight.popitem(last=False)
        return found
