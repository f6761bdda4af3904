"""What the two sieves before the search for a table let through, of photographs that are none.

    python tests/benchmarks/photographs.py FOLDER [--count 500] [--seed 1]

makes `--count` photographs of 8 to 14 megapixels of the JPEGs in FOLDER: cropped, mirrored, lighter
or darker, with noise, saved in four qualities, all by seed. Pictures of Debian's packages do:
ukui-wallpapers, lomiri-wallpapers-20.04, mate-backgrounds, plasma-workspace-wallpapers. Told are
how many each sieve lets through, how many show a table to the search, and which of those the first
sieve refuses: there must be none.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

from mailbot.inspection.ocr import glance

_Pixels = npt.NDArray[np.uint8]
_SIZES = ((4000, 3000), (4000, 3000), (4000, 3000), (3264, 2448), (4608, 3456), (4032, 2268))
_QUALITIES = (70, 80, 88, 92)
_LEAST_SIDE = 600


@lru_cache(12)
def _source(path: Path) -> _Pixels:
    with Image.open(path) as image:
        image.draft("RGB", (3000, 2200))
        whole = image.convert("RGB")
    whole.thumbnail((4000, 4000))
    return np.asarray(whole, np.uint8)


def photograph(sources: list[Path], dice: random.Random) -> bytes:
    """One of the pictures as another camera would have taken it."""
    size = dice.choice(_SIZES)
    whole = _source(dice.choice(sources))
    height, width = whole.shape[:2]
    wide = int(width * dice.uniform(0.55, 1))
    high = min(height, int(wide * size[1] / size[0]))
    wide = min(wide, int(high * size[0] / size[1]))
    x, y = dice.randrange(width - wide + 1), dice.randrange(height - high + 1)
    picture = cv2.resize(whole[y : y + high, x : x + wide], size, interpolation=cv2.INTER_CUBIC)
    if dice.random() < 0.5:
        picture = cv2.flip(picture, dice.choice([1, -1]))
    light, shift = dice.uniform(0.65, 1.35), dice.uniform(-25, 25)
    picture = cv2.convertScaleAbs(picture, alpha=light, beta=shift)
    grain = np.random.default_rng(dice.randrange(10**6)).normal(0, dice.uniform(1, 7), (600, 800))
    tiled = np.tile(grain.astype(np.int8)[:, :, None], (6, 6, 3))[: size[1], : size[0]]
    noisy = np.asarray(cv2.add(picture, np.ascontiguousarray(tiled), dtype=cv2.CV_8U), np.uint8)
    return bytes(simplejpeg.encode_jpeg(noisy, dice.choice(_QUALITIES), colorsubsampling="420"))


def looked_at(octets: bytes, path: Path) -> tuple[bool, bool, bool]:
    """Whether the first and the second sieve let it through, and the search finds a table."""
    path.write_bytes(octets)
    height, width, _, _ = simplejpeg.decode_jpeg_header(octets)
    small = simplejpeg.decode_jpeg(octets, "BGR", min_width=width // 8, min_height=height // 8)
    first = glance.may_show_table(np.asarray(small, np.uint8), glance.FAR)
    near = simplejpeg.decode_jpeg(octets, "BGR", min_width=glance.SIEVE_SIDE)
    second = glance.may_show_table(np.asarray(near, np.uint8))
    return first, second, second and glance.looks_like_form(path)


def main() -> int:
    """Print the counts; 1 where a table would be lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sources = sorted(
        path
        for path in asked.folder.rglob("*")
        if path.suffix.lower() in (".jpg", ".jpeg") and path.is_file() and _is_large(path)
    )
    if not sources:
        sys.exit(f"{asked.folder}: no JPEG of at least {_LEAST_SIDE} pixels")
    told: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(asked.count):
            dice = random.Random(f"{asked.seed}-{number}")
            first, second, table = looked_at(photograph(sources, dice), Path(folder, "1.jpg"))
            told["first"] += first
            told["second"] += second
            told["both"] += first and second
            told["table"] += table
            told["lost"] += table and not first
    print(f"{asked.count} photographs of {len(sources)} pictures: the first sieve lets"
          f" {told['first']} through, the second {told['second']}, both {told['both']};"
          f" {told['table']} show a table, of these lost {told['lost']}")  # fmt: skip
    return int(told["lost"] > 0)


def _is_large(path: Path) -> bool:
    with Image.open(path) as image:
        return min(image.size) >= _LEAST_SIDE


if __name__ == "__main__":
    sys.exit(main())
