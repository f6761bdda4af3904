"""Log lines on a terminal."""

import logging


def unseen(text: str) -> set[str]:
    """The characters of a text that move a cursor, turn the writing or cannot be seen."""
    return {char for char in set(text) if not (char.isprintable() or char in "\n\t")}


class PlainFormatter(logging.Formatter):
    """Log lines for a terminal: what servers and senders say moves no cursor."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line.translate({ord(char): "·" for char in unseen(line)})
