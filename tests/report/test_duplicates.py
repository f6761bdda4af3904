"""The same photograph is found again, however it was saved; different ones are left apart."""

import random
from collections.abc import Callable
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image

from mailbot.demo.photos import make_photo
from mailbot.inspection.media.photo import probe_photo
from mailbot.report.digest.duplicates import NEAR_BITS, Photo, find_same_photos


def a_photo(name: str, phash: int = 0, unit: str = "金水区", sha256: str = "") -> Photo:
    return Photo(unit, name, sha256 or name, 1, f"{phash:016x}" if phash else "")


def names(photos: list[Photo]) -> list[list[str]]:
    return [[photo.name for photo in same.photos] for same in find_same_photos(photos)]


def turned_bits(look: int, count: int, seed: int) -> int:
    for bit in random.Random(seed).sample(range(64), count):
        look ^= 1 << bit
    return look


def test_the_same_octets_are_the_same_photo_whatever_they_look_like() -> None:
    photos = [a_photo("a", sha256="1"), a_photo("b", sha256="2"), a_photo("c", sha256="1")]
    (same,) = find_same_photos(photos)
    assert [photo.name for photo in same.photos] == ["a", "c"]
    assert same.exact


@pytest.mark.parametrize("seed", range(50))
def test_every_hash_within_the_bound_is_found_and_none_beyond(seed: int) -> None:
    look = 0x0F1E2D3C4B5A6978
    photos = [
        a_photo("first", look),
        a_photo("near", turned_bits(look, NEAR_BITS, seed)),
        a_photo("far", turned_bits(look, NEAR_BITS + 1, seed + 1000)),
    ]
    found = names(photos[:2])
    assert found == [["first", "near"]]
    assert names([photos[0], photos[2]]) == []


def test_buckets_find_what_comparing_all_pairs_finds() -> None:
    chance = random.Random(17)
    looks = [chance.getrandbits(64) for _ in range(60)]
    looks += [turned_bits(look, chance.randint(1, 9), number) for number, look in enumerate(looks)]
    photos = [a_photo(str(number), look) for number, look in enumerate(looks)]
    expected = {
        frozenset((str(a), str(b)))
        for a, b in combinations(range(len(looks)), 2)
        if bin(looks[a] ^ looks[b]).count("1") <= NEAR_BITS
    }
    assert len(expected) > 20
    assert {frozenset(group) for group in names(photos)} == expected


def test_blank_pictures_and_drawings_are_told_apart_by_their_octets_only() -> None:
    photos = [a_photo("white"), a_photo("line 1", 0b111), a_photo("line 2", 0b1111)]
    photos += [a_photo("dark 1", (1 << 64) - 1), a_photo("dark 2", (1 << 64) - 2)]
    assert names(photos) == []


def test_what_is_near_to_something_near_belongs_to_one_group() -> None:
    look = 0x0F1E2D3C4B5A6978
    photos = [a_photo("a", look), a_photo("c", look ^ 0x3FF), a_photo("b", look ^ 0x1F)]
    (same,) = find_same_photos(photos)
    assert [photo.name for photo in same.photos] == ["a", "c", "b"]
    assert not same.exact


def test_units_are_named_once_in_the_order_of_arrival() -> None:
    units = ["二七区", "金水区", "二七区"]
    photos = [a_photo(str(n), unit=unit, sha256="1") for n, unit in enumerate(units)]
    (same,) = find_same_photos(photos)
    assert same.units == ("二七区", "金水区")


def saved(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    output = BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def _cut(image: Image.Image) -> Image.Image:
    across, down = image.width // 200, image.height // 200
    return image.crop((across, down, image.width - across, image.height - down))


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "saved anew": lambda image: saved(image, quality=60),
    "much compressed": lambda image: saved(image, quality=25),
    "half the size": lambda image: saved(image.resize((image.width // 2, image.height // 2))),
    "as png": lambda image: saved(image, "PNG"),
    "as webp": lambda image: saved(image, "WEBP", quality=50),
    "cut a little": lambda image: saved(_cut(image), quality=80),
}


@pytest.fixture(scope="module")
def scenes() -> list[Image.Image]:
    """Thirty painted drill grounds, all of one composition: harder to tell apart than photos."""
    return [Image.open(BytesIO(make_photo(640, 480, seed))).convert("RGB") for seed in range(30)]


def measured(octets: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> Photo:
    path = tmp_path_factory.mktemp("photo") / "x"
    path.write_bytes(octets)
    with Image.open(path) as image:
        format_ = str(image.format).lower()
    facts, _ = probe_photo(path, format_)
    return a_photo(name, int(str(facts["phash"]), 16))


def test_different_photos_stay_apart(
    scenes: list[Image.Image], tmp_path_factory: pytest.TempPathFactory
) -> None:
    photos = [
        measured(saved(scene), str(number), tmp_path_factory) for number, scene in enumerate(scenes)
    ]
    assert names(photos) == []


@pytest.mark.parametrize("change", CHANGES)
def test_nearly_every_photo_is_known_again_after(
    change: str, scenes: list[Image.Image], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two in thirty may slip through: the bound is set to warn of nothing that is different."""
    photos = [
        measured(octets, f"{number} {way}", tmp_path_factory)
        for number, scene in enumerate(scenes)
        for way, octets in (("as sent", saved(scene)), (change, CHANGES[change](scene)))
    ]
    found = names(photos)
    wanted = [[f"{number} as sent", f"{number} {change}"] for number in range(len(scenes))]
    assert [group for group in found if group not in wanted] == []
    assert len(found) >= len(scenes) - 2
