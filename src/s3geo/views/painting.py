"""A figure of matplotlib painted to pixels and packed as PNG: here is spent what a picture costs.

Three things differ from ``Figure.savefig``. A line of text is set and painted once and kept: most lines of a map
(licence, legend, classes) stand on the next one too. Nothing is transparent, so no transparency is packed. And rows are
packed as they are: a map is flat colours in long runs, which deflate finds without a filter chosen for each row, in
half the time and in fewer bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

__all__ = ["drawing", "packed", "painted"]

_LEVEL = 3  # of zlib: 1 packs into more bytes in the same time, 6 takes twice as long for a tenth less
_DRAWING = RLock()


@contextmanager
def drawing(style: Mapping[Any, Any]) -> Iterator[None]:
    """Draw under settings of matplotlib; they hold for the whole process, so one thread draws at a time."""
    import matplotlib as mpl

    with _DRAWING, mpl.rc_context(dict(style)):
        yield


def painted(figure: Any, dpi: float) -> np.ndarray:
    """Paint a figure on white.

    Parameters
    ----------
    figure : matplotlib Figure
    dpi : float
        Dots per inch.

    Returns
    -------
    ndarray of uint8, (height, width, 3)
        Red, green, blue.
    """
    figure.set_dpi(dpi)
    wide, high = figure.canvas.get_width_height()
    painter = _painter()(wide, high, dpi)
    figure.draw(painter)
    return np.asarray(painter.buffer_rgba())


class _Line(NamedTuple):
    """A line of text as it is painted."""

    ink: np.ndarray  # (height, width) uint8, how much of each pixel is covered; a row free above and below
    left: float  # pixels from where the line starts to its ink
    width: float
    height: float
    descent: float


@lru_cache(maxsize=512)
def _line(text: str, font_file: Any, points: float, dpi: float) -> _Line:
    """Set and paint a line of text."""
    import matplotlib.backends.backend_agg as agg
    from matplotlib.font_manager import get_font

    hinting: Any = agg.get_hinting_flag
    font = get_font(font_file)
    font.clear()
    font.set_size(points, dpi)
    font.set_text(text, 0.0, flags=hinting())
    font.draw_glyphs_to_bitmap(antialiased=True)
    ink = np.array(font.get_image())
    ink.setflags(write=False)
    wide, high = font.get_width_height()
    return _Line(ink, font.get_bitmap_offset()[0] / 64, wide / 64, high / 64, font.get_descent() / 64)


@cache
def _painter() -> type[Any]:
    """Return the class that paints; matplotlib is imported when it is first needed."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import findfont

    class Painter(RendererAgg):
        """Agg, but that a level line of text is kept and stands on whole pixels."""

        def _line(self, s: str, prop: Any) -> _Line:
            return _line(s, findfont(prop), prop.get_size_in_points(), self.dpi)

        def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
            agg: Any = super()
            return agg.get_text_width_height_descent(s, prop, ismath) if ismath else self._line(s, prop)[2:]

        def draw_text(
            self, gc: Any, x: Any, y: Any, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
        ) -> None:
            agg: Any = super()
            *colour, opaque = gc.get_rgb()
            if ismath or angle or opaque < 1:
                agg.draw_text(gc, x, y, s, prop, angle, ismath, mtext)
                return
            line = self._line(s, prop)
            inked = np.empty((*line.ink.shape, 4), np.uint8)
            inked[..., :3] = [round(255 * part) for part in colour]
            inked[..., 3] = line.ink[::-1]  # rows from below, as the canvas counts them
            below = round(self.height) - round(y + line.descent) - 1
            self.draw_image(gc, round(x + line.left), below, inked)

    return Painter


def packed(pixels: np.ndarray, dpi: float, said: Mapping[str, str]) -> bytes:
    """Pack pixels as PNG.

    Parameters
    ----------
    pixels : ndarray of uint8, (height, width, 3 or more)
        Red, green, blue; what follows is left out.
    dpi : float
        Dots per inch that the file tells.
    said : mapping
        Keyword to text, written into the file; keywords as the PNG specification has them ("Title", "Source").

    Returns
    -------
    bytes
        The same pixels and words give the same bytes.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> picture = Image.open(io.BytesIO(packed(np.full((2, 3, 3), 255, np.uint8), 150, {"Title": "White → ..."})))
    >>> picture.size, picture.mode, picture.text["Title"], round(picture.info["dpi"][0])
    ((3, 2), 'RGB', 'White → ...', 150)
    """
    high, wide = pixels.shape[:2]
    rows = np.zeros((high, 1 + 3 * wide), np.uint8)  # the first byte of a row tells its filter: none
    for i in range(3):
        rows[:, 1 + i :: 3] = pixels[..., i]
    per_metre = round(dpi / 0.0254)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">2I5B", wide, high, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">2IB", per_metre, per_metre, 1)),
            *(_chunk(b"iTXt", f"{name}\0\0\0\0\0{text}".encode()) for name, text in said.items()),
            _chunk(b"IDAT", zlib.compress(rows.data, _LEVEL)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
