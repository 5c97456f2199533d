"""The words of trading's pages, in each language."""

import msgspec

from bus.language import Language


class PageWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the pages; a missing translation is a type error."""

    no_orders: str
    no_signals: str
    at: str


WORDS: dict[Language, PageWords] = {
    "en": PageWords(
        no_orders="There are no such orders.",
        no_signals="There are no signals yet.",
        at="@",
    ),
    "ru": PageWords(
        no_orders="Таких заявок нет.",
        no_signals="Сигналов ещё нет.",
        at="по",
    ),
    "de": PageWords(
        no_orders="Keine solchen Orders.",
        no_signals="Noch keine Signale.",
        at="zu",
    ),
}
