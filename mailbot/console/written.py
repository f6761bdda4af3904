"""Pieces of pages that were written already: a few, the least asked for go first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from markupsafe import Markup

_MOST = 128


class Written:
    """By all that a piece depends on. The same for every user: nothing of a session is in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pieces: OrderedDict[Hashable, Markup] = OrderedDict()

    def once(self, key: Hashable, write: Callable[[], Markup]) -> Markup:
        """The piece of this key, written now if it must be."""
        with self._lock:
            if key in self._pieces:
                self._pieces.move_to_end(key)
                return self._pieces[key]
        piece = write()
        with self._lock:
            self._pieces[key] = piece
            while len(self._pieces) > _MOST:
                self._pieces.popitem(last=False)
        return piece
