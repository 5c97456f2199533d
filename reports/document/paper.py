"""A sheet of paper: fonts that have Cyrillic and umlauts, colours, and text that never runs out of its place.

fpdf2 2.8 (py-pdf.github.io/fpdf2, read 2026-11). The letters are those that matplotlib brings along; what they do not
have, such as most emoji, is left out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import matplotlib as mpl
from fpdf import FPDF

from reports.texts import ReportWords

FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
FAMILY: Final = "DejaVu"
LEFT, RIGHT, BOTTOM = 15.0, 195.0, 280.0
"""Of what is written on, in millimetres; the sheet is A4, 210 by 297."""
WIDTH: Final = RIGHT - LEFT

_PAGES: Final = "¤"
"""Stands for the number of pages until it is known; as wide as a digit, so that what is written stays in its place."""

Colour = tuple[int, int, int]
INK: Final[Colour] = (24, 36, 50)
QUIET: Final[Colour] = (105, 121, 138)
LINE: Final[Colour] = (221, 227, 234)
SHADE: Final[Colour] = (246, 248, 251)
BAND: Final[Colour] = (20, 32, 46)
BAND_QUIET: Final[Colour] = (159, 178, 198)
WHITE: Final[Colour] = (255, 255, 255)
BLUE: Final[Colour] = (37, 128, 200)
GLOW: Final[Colour] = (224, 239, 251)
UP: Final[Colour] = (22, 130, 84)
DOWN: Final[Colour] = (200, 55, 45)
AMBER: Final[Colour] = (255, 209, 102)

Align = Literal["L", "R", "C"]


class Paper(FPDF):
    """An A4 sheet with page numbers; the library has subclasses write its footers."""

    def __init__(self, words: ReportWords, foot: str) -> None:
        """Load the fonts; there is no page yet.

        Args:
            words: The reader's.
            foot: What stands at the bottom of each page, besides its number.
        """
        super().__init__(format="A4")
        self._words = words
        self._foot = foot
        self.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(LEFT, LEFT, LEFT)
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages(_PAGES)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_draw_color(*LINE)
        self.line(LEFT, BOTTOM + 4, RIGHT, BOTTOM + 4)
        number = self._words.page.format(page=self.page_no(), pages=_PAGES)
        self.write_in((LEFT, BOTTOM + 5, WIDTH * 0.75), self._foot, size=7, colour=QUIET)
        self.write_in((RIGHT - 40, BOTTOM + 5, 40), number, size=7, colour=QUIET, align="R")

    def write_in(  # noqa: PLR0913 - a text is a place, a size, a weight and a colour
        self,
        where: tuple[float, float, float],
        text: str,
        *,
        size: float,
        colour: Colour = INK,
        bold: bool = False,
        align: Align = "L",
        whole: bool = False,
    ) -> None:
        """Write a text on one line; where it does not fit it is cut, an amount is written smaller.

        Args:
            where: Its left end, its top and the room that it has, in millimetres.
            text: Any; what is no letter of the fonts is left out.
            size: In points.
            colour: Of the letters.
            bold: Whether in bold letters.
            align: Where in its room.
            whole: Whether it is an amount, of which no digit may be lost.
        """
        x, y, room = where
        self.set_font(FAMILY, "B" if bold else "", size)
        if whole and text:
            wide = self.get_string_width(text) / (room - 2 * self.c_margin)
            self.set_font_size(size / max(wide, 1))
        self.set_text_color(*colour)
        self.set_xy(x, y)
        self.cell(room, size * 0.5, text if whole else self.fitted(text, room), align=align)

    def fitted(self, text: str, room: float) -> str:
        """Return as much of a text as fits, in the font that is set.

        Args:
            text: On one line.
            room: In millimetres.
        """
        plain = " ".join(text.split())
        room -= 2 * self.c_margin
        if self.get_string_width(plain) <= room:
            return plain
        while plain and self.get_string_width(f"{plain}…") > room:
            plain = plain[:-1]
        return f"{plain}…"

    def fill(self, where: tuple[float, float, float, float], colour: Colour, *, radius: float = 0) -> None:
        """Fill a rectangle.

        Args:
            where: Left, top, width and height, in millimetres.
            colour: With what.
            radius: Of its corners, in millimetres.
        """
        self.set_fill_color(*colour)
        x, y, width, height = where
        if radius:
            self.rect(x, y, width, height, style="F", round_corners=True, corner_radius=radius)
        else:
            self.rect(x, y, width, height, style="F")

    def area(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon.

        Args:
            points: Its corners, in millimetres.
            colour: With what.
        """
        self.set_fill_color(*colour)
        self.polygon(points, style="F")
