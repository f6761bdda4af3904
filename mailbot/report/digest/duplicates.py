"""The same photograph found again among many: exactly, or as it looks (pure, no ledger).

The perceptual hash is a difference hash of 64 bits. Measured on 80 pictures (60 painted, 20
photographs of public samples): saved anew at JPEG quality 30, as WebP, at half or quarter size, or
brightened, 97 of 100 stay within 5 bits; cut by 1 % on each side within 6. Different photographs
were 11 bits apart or more in 3,002 pairs; only drawings with few bits set came as near as 6.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

NEAR_BITS = 5
# A hash with few bits set (or few not set) is of a blank or a drawing, and says little.
MIN_BITS, MAX_BITS = 8, 56
# Of 8 octets at least 3 are equal in two hashes that differ in at most 5 bits.
_MASKS = tuple(
    sum(0xFF << 8 * octet for octet in octets) for octets in combinations(range(8), 8 - NEAR_BITS)
)


@dataclass(frozen=True, slots=True)
class Photo:
    """One accepted photograph of the ledger."""

    unit: str
    name: str
    sha256: str
    arrival: int
    phash: str = ""  # 16 hex digits, or "" where it could not be measured
    taken_at: str = ""  # ISO 8601 without zone: the camera's clock


@dataclass(frozen=True, slots=True)
class SamePhoto:
    """Photographs that are one; `exact` when all are the same octets. In the order given."""

    photos: tuple[Photo, ...]
    exact: bool

    @property
    def units(self) -> tuple[str, ...]:
        """Whose they are, each once, in order."""
        return tuple(dict.fromkeys(photo.unit for photo in self.photos))


def find_same_photos(photos: Sequence[Photo]) -> list[SamePhoto]:
    """Every group of two or more photographs that are the same, exactly or nearly.

    What is near to something near belongs to one group. Work grows with the number of photographs
    and of pairs found, not with its square.
    """
    by_content: dict[str, list[int]] = {}
    for place, photo in enumerate(photos):
        by_content.setdefault(photo.sha256, []).append(place)
    groups = _Groups(len(photos))
    by_look: dict[int, list[int]] = {}
    for places in by_content.values():
        for place in places[1:]:
            groups.join(places[0], place)
        look = _look_of(photos[places[0]])
        if look is not None:
            by_look.setdefault(look, []).append(places[0])
    for places in by_look.values():
        for place in places[1:]:
            groups.join(places[0], place)
    for one, other in _near_pairs(list(by_look)):
        groups.join(by_look[one][0], by_look[other][0])
    return [
        SamePhoto(found, len({photo.sha256 for photo in found}) == 1)
        for found in (tuple(photos[place] for place in group) for group in groups.of_several())
    ]


def _look_of(photo: Photo) -> int | None:
    look = int(photo.phash, 16) if photo.phash else 0
    return look if MIN_BITS <= look.bit_count() <= MAX_BITS else None


def _near_pairs(looks: Sequence[int]) -> Iterator[tuple[int, int]]:
    for mask in _MASKS:
        buckets: dict[int, list[int]] = {}
        for look in looks:
            others = buckets.setdefault(look & mask, [])
            for other in others:
                if (look ^ other).bit_count() <= NEAR_BITS:
                    yield other, look
            others.append(look)


class _Groups:
    """Places joined into groups (union-find)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self._root(one), self._root(other)))
        self._parent[high] = low

    def of_several(self) -> list[list[int]]:
        """Groups with more than one place, by their first."""
        members: dict[int, list[int]] = {}
        for place in range(len(self._parent)):
            members.setdefault(self._root(place), []).append(place)
        return [group for group in members.values() if len(group) > 1]

    def _root(self, place: int) -> int:
        while self._parent[place] != place:
            self._parent[place] = self._parent[self._parent[place]]
            place = self._parent[place]
        return place
