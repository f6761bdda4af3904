"""Text detection and recognition by rapidocr, with the models that lie in its wheel."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from rapidocr import RapidOCR

from mailbot.inspection.ocr.colour import Grey

# More threads than free cores only wait for each other: two took twice the processor time of one.
_THREADS = 1
# For finding text only; it is read from crops at full size (at 1280 a 58 was read as 88).
_DETECT_SIDE = 1600


# The full-width colon of 填报单位（盖章）：江海市 is the first thing to get lost.
_LOST_COLON = re.compile("([）)])(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class TextBox:
    """A piece of text on a page whose lines run with the edges, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def length(self) -> int:
        """Its longer side."""
        return max(self.right - self.left, self.bottom - self.top)

    @property
    def thickness(self) -> int:
        """Its shorter side: the height of its characters, and some room."""
        return min(self.right - self.left, self.bottom - self.top)


def find_text(grey: Grey, *, side: int = _DETECT_SIDE) -> list[TextBox]:
    """Where there is text, from top to bottom."""
    scale = min(1.0, side / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    # Every flag every time: rapidocr keeps the last call's.
    found = _engine()(
        cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False
    )
    quads = [] if found.boxes is None else np.asarray(found.boxes) / scale
    boxes = []
    for quad in quads:
        (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
        boxes.append(TextBox(round(x0), round(y0), round(x1), round(y1)))
    return sorted(boxes, key=lambda box: (box.top, box.left))


def read_line(grey: Grey) -> tuple[str, float]:
    """The text of a picture of one line, and how sure the recogniser is of it (0 to 1)."""
    if min(grey.shape) < 4:
        return "", 0.0
    padded = cv2.copyMakeBorder(
        grey, *(_pad(grey), _pad(grey), _pad(grey), _pad(grey)), cv2.BORDER_CONSTANT, value=255
    )
    read = _engine()(
        cv2.cvtColor(padded, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True
    )
    if not read.txts:
        return "", 0.0
    return _LOST_COLON.sub(r"\1 ", str(read.txts[0]).strip()), float(read.scores[0])


def _pad(grey: Grey) -> int:
    return max(2, int(grey.shape[0] * 0.12))


@cache
def _engine() -> Any:
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_vertical_padding": False,
            "Rec.rec_img_shape": [
                3,
                48,
                128,
            ],  # short crops are not padded to 320: a third of the time
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
