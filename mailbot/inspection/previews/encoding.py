"""Pixels → a small JPEG or PNG: upright, on white, without anything but the picture."""

from io import BytesIO

from PIL import Image

from mailbot.inspection.media.photo import UPRIGHT

THUMB_SIDE = 360  # pixels of the longer side: a strip of pictures on a screen of double density
LARGE_SIDE = 1600
_QUALITY = 80
_DEEP = ("I;16", "I;16B", "I;16L", "I", "F")


def encode_jpeg(image: Image.Image, side: int, orientation: int = 1) -> bytes:
    """The picture with its longer side at most `side` pixels, turned upright, as a JPEG."""
    small = on_white(_shrunk(image, side))
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    target = BytesIO()
    # A picture of its own, so that no EXIF, profile or comment of the first goes with it.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    bare.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    width, height = image.size
    scale = side / max(width, height, 1)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if image.mode in ("1", "P", "PA"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in _DEEP:
        return image.resize(size, Image.Resampling.BOX)
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def on_white(image: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white, deep grey is spread over what a screen shows."""
    if image.mode in _DEEP:
        low, high = (float(each) for each in image.convert("F").getextrema())  # type: ignore[arg-type]
        span = max(high - low, 1e-9)
        return image.convert("F").point(lambda each: (each - low) * 255 / span).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        over = image.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        ground.alpha_composite(over)
        return ground.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
