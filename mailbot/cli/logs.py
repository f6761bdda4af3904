"""How log lines look: for a person on a terminal, as JSON for a journal.

structlog is imported when the first line is written, since most commands write none.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Literal, TextIO

from mailbot.events import FIELDS

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter

Style = Literal["auto", "text", "json"]

# What these say at INFO tells an operator nothing, and of a fault what is none: four lines a pass;
# "doesn't support modifying entry digests"; "Connection closed"; "Press CTRL+C to quit". That a
# pass takes longer than the pause between two is no news either, which apscheduler says as a
# warning, every few seconds in each office of a fleet that has much to do: the next is left out.
_TALKATIVE = {
    "apscheduler": logging.WARNING,
    "apscheduler.scheduler": logging.ERROR,
    "libarchive": logging.WARNING,
    "imapclient": logging.WARNING,
    "uvicorn": logging.WARNING,
}


def unseen(text: str) -> set[str]:
    """The characters of a text that move a cursor, turn the writing or cannot be seen."""
    return {char for char in set(text) if not (char.isprintable() or char in "\n\t")}


def set_up(
    level: int, *, style: Style = "auto", zone: tzinfo | None = None, stream: TextIO | None = None
) -> None:
    """Log to stderr from `level` on. `auto` is JSON where systemd's journal reads, else text.

    Times are those of `zone`, else of the machine.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    as_json = style == "json" or (style == "auto" and "JOURNAL_STREAM" in os.environ)
    handler.setFormatter(EventFormatter(as_json=as_json, zone=zone))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library, least in _TALKATIVE.items():
        logging.getLogger(library).setLevel(max(level, least))


class EventFormatter(logging.Formatter):
    """A log record as one line with its ids; what servers and senders say moves no cursor."""

    def __init__(self, *, as_json: bool, zone: tzinfo | None = None) -> None:
        super().__init__()
        self._as_json, self._zone = as_json, zone
        self._inner: ProcessorFormatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._inner is None:
            self._inner = self._made()
        line: str = self._inner.format(record)
        if self._as_json:
            return line
        return line.translate({ord(char): "·" for char in unseen(line)})

    def _made(self) -> ProcessorFormatter:
        import structlog

        last: Any
        if self._as_json:
            last = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        else:
            last = structlog.dev.ConsoleRenderer(
                colors=False,
                pad_event_to=0,
                pad_level=False,
                exception_formatter=structlog.dev.plain_traceback,
            )
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                self._stamped,
            ],
            processors=[
                _with_ids,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if self._as_json else []),
                last,
            ],
            use_get_message=True,
        )

    def _stamped(self, _logger: Any, _name: str, fields: Any) -> Any:
        """When the record was made, in the office's zone."""
        record = fields["_record"]
        moment = datetime.fromtimestamp(record.created, self._zone).astimezone(self._zone)
        pattern = "milliseconds" if self._as_json else "seconds"
        fields["timestamp"] = moment.isoformat(" " if not self._as_json else "T", pattern)
        return fields


def _with_ids(_logger: Any, _name: str, fields: Any) -> Any:
    record = fields["_record"]
    fields.update(getattr(record, FIELDS, {}))
    return fields
