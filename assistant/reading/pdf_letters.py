"""What pdfium knows of one letter of a page: which it is, where it stands, its size and weight."""

from __future__ import annotations

import ctypes
import math
from typing import Any

import pypdfium2.raw as pdfium


def letter_at(text_page: Any, index: int) -> str:
    """The letter; a space for one that the font does not name."""
    code = pdfium.FPDFText_GetUnicode(text_page, index)
    return chr(code) if 0 < code <= 0x10FFFF else " "


def left_and_right(text_page: Any, index: int) -> tuple[float, float]:
    """Where the letter begins and ends, in points from the page's left edge."""
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
    return box.left, box.right


def baseline_of(text_page: Any, index: int) -> float:
    """The height on which the letter stands, in points from the page's lower edge."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    return y.value


def size_of(text_page: Any, index: int) -> float:
    """The letter's size on the page: programs write a size and scale it."""
    matrix = pdfium.FS_MATRIX()
    scale = math.hypot(matrix.c, matrix.d) if pdfium.FPDFText_GetMatrix(text_page, index, matrix) else 1.0
    size = float(pdfium.FPDFText_GetFontSize(text_page, index)) * (scale or 1.0)
    return size if 0.5 < size < 1000 else 10.0


def is_bold(text_page: Any, index: int) -> bool:
    """Whether the letter is bold, by its font's name: the weight that pdfium guesses says 400 for bold fonts too."""
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text_page, index, buffer, len(buffer), flags)
    return any(word in buffer.value.lower() for word in (b"bold", b"black", b"heavy"))
