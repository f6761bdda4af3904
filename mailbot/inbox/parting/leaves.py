"""What becomes of one leaf of the MIME tree: a blob of its own, or body text."""

import re

from mailbot.files import BlobStore, BlobWriter
from mailbot.formats.datauri import DataUriScanner
from mailbot.formats.names import Namer, extension_of
from mailbot.formats.text.charsets import decode_unlabelled
from mailbot.formats.transfer import Base64, Decoder, decoder_for
from mailbot.formats.uuencode import UuScanner
from mailbot.formats.yenc import YencScanner
from mailbot.inbox.parting.headers import PartHeaders
from mailbot.model import Attachment, Blob

# Body text above this is kept whole as an attachment and cut in the skeleton.
BODY_CAP = 4 << 20
# As much of the content as naming a nameless part may need (an Office file's member names).
_HEAD = 4096
# A first line of base64 as encoders write it, and contents whose magic would then be met.
_DECIDING = 512
_BASE64_LINE = re.compile(rb"\s{0,4}[A-Za-z0-9+/]{60,76}\r?\n[A-Za-z0-9+/]")
_TELLS_NOTHING = (".dat", ".txt", ".eml", ".bmp")
_WORDS = ("text/", "message/")


class FileLeaf:
    """An attachment while it arrives: decoded, hashed and written as it comes."""

    def __init__(self, headers: PartHeaders, part: str, blobs: BlobStore, namer: Namer) -> None:
        self._headers = headers
        self._part = part
        self._namer = namer
        self._decoder: Decoder = decoder_for(headers.encoding)
        self._writer = blobs.writer()
        self._head = b""
        # Only where no encoding is named, and text is not what is meant.
        self._undecided = not headers.encoding and not headers.content_type.startswith(_WORDS)
        self._start = b""

    def feed(self, data: bytes) -> None:
        """Take encoded octets."""
        if self._undecided:
            self._start += data
            if len(self._start) < _DECIDING:
                return
            data = self._decide()
        self._write(self._decoder.feed(data))

    def finish(self) -> Attachment:
        """Store what came; the attachment's defects say whether it was cut off."""
        if self._undecided:
            self._write(self._decoder.feed(self._decide()))
        self._write(self._decoder.finish())
        headers = self._headers
        return Attachment(
            name=self._namer.name(headers.names, self._head, headers.content_type),
            blob=self._writer.finish(),
            part=self._part,
            declared_type=headers.content_type,
            disposition=headers.disposition,
            content_id=headers.content_id,
            defects=("transfer_encoding_cut",) if self._decoder.truncated else (),
        )

    def abort(self) -> None:
        """Drop what came."""
        self._writer.abort()

    def _decide(self) -> bytes:
        """Take base64 that nobody declared for what it is; the octets held until now."""
        start, self._start, self._undecided = self._start, b"", False
        if _BASE64_LINE.match(start):
            head = Base64().feed(start)
            if extension_of(head, "application/octet-stream") not in _TELLS_NOTHING:
                self._decoder = Base64()
        return start

    def _write(self, data: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        self._writer.write(data)


class BodyLeaf:
    """Body text while it arrives: decoded from its transfer encoding, not from its character set.

    Files that stand in it uuencoded, in yEnc or as `data:` pictures are cut out of it. Beyond
    `BODY_CAP` octets the whole text becomes an attachment too, and `text` is its beginning.
    """

    def __init__(self, headers: PartHeaders, part: str, blobs: BlobStore, namer: Namer) -> None:
        self._headers = headers
        self._part = part
        self._blobs = blobs
        self._namer = namer
        self._decoder = decoder_for(headers.encoding)
        self._yenc = YencScanner(self._open_file)
        self._uu = UuScanner(self._open_file)
        is_html = headers.content_type == "text/html"
        self._pictures = DataUriScanner(self._open_picture) if is_html else None
        self._files: list[_FoundFile] = []
        self._overflow: BlobWriter | None = None
        self.text = bytearray()
        self.attachments: list[Attachment] = []
        self.truncated = False

    def feed(self, data: bytes) -> None:
        """Take encoded octets."""
        self._take(self._decoder.feed(data))

    def finish(self) -> tuple[str, ...]:
        """End the text; `text` and `attachments` are complete then. Returns defects."""
        self._take(self._decoder.finish())
        if self._pictures is not None:
            self._keep(self._uu.feed(self._yenc.feed(self._pictures.finish())))
        self._keep(self._uu.feed(self._yenc.finish()))
        self._keep(self._uu.finish())
        self.attachments.extend(file.attachment for file in self._files if file.attachment)
        self.truncated = self._decoder.truncated
        if self._overflow is None:
            return ()
        self.attachments.append(self._attachment(self._overflow.finish()))
        return ("body_too_long",)

    def as_attachment(self) -> Attachment:
        """The text as a file, where the skeleton has no room for it; after `finish`."""
        return self._attachment(self._blobs.put(bytes(self.text)))

    def abort(self) -> None:
        """Drop what came."""
        if self._overflow is not None:
            self._overflow.abort()
        for file in self._files:
            file.abort()

    def _attachment(self, blob: Blob) -> Attachment:
        html = self._headers.content_type == "text/html"
        return Attachment(
            name="正文.html" if html else "正文.txt",
            blob=blob,
            part=self._part,
            declared_type=self._headers.content_type,
        )

    def _take(self, data: bytes) -> None:
        if self._pictures is not None:
            data = self._pictures.feed(data)
        self._keep(self._uu.feed(self._yenc.feed(data)))

    def _keep(self, data: bytes) -> None:
        if self._overflow is None and len(self.text) + len(data) > BODY_CAP:
            self._overflow = self._blobs.writer()
            self._overflow.write(bytes(self.text))
        if self._overflow is not None:
            self._overflow.write(data)
        self.text += data[: BODY_CAP - len(self.text)]

    def _open_file(self, name: bytes) -> "_FoundFile":
        return self._found(decode_unlabelled(name), "application/octet-stream")

    def _open_picture(self, media_type: str) -> "_FoundFile":
        return self._found("", media_type)

    def _found(self, name: str, media_type: str) -> "_FoundFile":
        part = f"{self._part}.{'uu' if name else 'data'}{len(self._files) + 1}"
        file = _FoundFile(name, media_type, part, self._blobs.writer(), self._namer)
        self._files.append(file)
        return file


class _FoundFile:
    """One file found in a body; one without a name is a picture that the HTML shows."""

    def __init__(
        self, name: str, media_type: str, part: str, writer: BlobWriter, namer: Namer
    ) -> None:
        self._name = name
        self._media_type = media_type
        self._part = part
        self._writer = writer
        self._namer = namer
        self._head = b""
        self.attachment: Attachment | None = None

    def write(self, data: bytes) -> None:
        if len(self._head) < _HEAD:
            self._head += data[: _HEAD - len(self._head)]
        self._writer.write(data)

    def finish(self, *, truncated: bool) -> None:
        self.attachment = Attachment(
            name=self._namer.name((self._name,), self._head, self._media_type),
            blob=self._writer.finish(),
            part=self._part,
            declared_type=self._media_type,
            disposition="attachment" if self._name else "inline",
            referenced=not self._name,
            defects=("transfer_encoding_cut",) if truncated else (),
        )

    def abort(self) -> None:
        self._writer.abort()
