"""What a chart and its caption say, in each language."""

from msgspec import Struct

from bus.language import Language
from notifier.charts.request import ChartRequest, Span


class Words(Struct, frozen=True, kw_only=True):
    """The words of one language; a caption's templates are filled in with `str.format`."""

    title: str
    spans: dict[Span, str]
    incomplete: str
    stands_in: str
    lowest: str
    highest: str
    now: str
    now_in_picture: str
    last: str
    no_total: str
    since: str
    at_first: str
    change: str
    until: str
    marked: str
    nothing: str
    not_drawn: str


WORDS: dict[Language, Words] = {
    "en": Words(
        title="Portfolio",
        spans={"7d": "7 days", "30d": "30 days", "90d": "90 days", "1y": "1 year", "all": "all time"},
        incomplete="≥ something is missing",
        stands_in="≈ with an older number",
        lowest="min",
        highest="max",
        now="Now",
        now_in_picture="now, {at}",
        last="Last number",
        no_total="no total",
        since="{span}, since {day}",
        at_first="First",
        change="Change",
        until=" until {day}",
        marked="Incomplete: {count} of {of} points",
        nothing="No numbers to draw yet ({span}, {currency}).",
        not_drawn="The chart could not be drawn; the numbers are below.",
    ),
    "ru": Words(
        title="Портфель",
        spans={"7d": "7 дней", "30d": "30 дней", "90d": "90 дней", "1y": "1 год", "all": "всё время"},
        incomplete="≥ чего-то не хватает",
        stands_in="≈ с прежним числом",
        lowest="мин",
        highest="макс",
        now="Сейчас",
        now_in_picture="сейчас, {at}",
        last="Последнее число",
        no_total="нет итога",
        since="{span}, с {day}",
        at_first="Сначала",
        change="Разница",
        until=" до {day}",
        marked="Неполных точек: {count} из {of}",
        nothing="Пока нечего рисовать ({span}, {currency}).",
        not_drawn="График не нарисовался, вот числа.",
    ),
    "de": Words(
        title="Portfolio",
        spans={"7d": "7 Tage", "30d": "30 Tage", "90d": "90 Tage", "1y": "1 Jahr", "all": "gesamte Zeit"},
        incomplete="≥ etwas fehlt",
        stands_in="≈ mit älterem Wert",
        lowest="min",
        highest="max",
        now="Jetzt",
        now_in_picture="jetzt, {at}",
        last="Letzter Wert",
        no_total="keine Summe",
        since="{span}, seit {day}",
        at_first="Anfang",
        change="Änderung",
        until=" bis {day}",
        marked="Unvollständig: {count} von {of} Punkten",
        nothing="Noch nichts zu zeichnen ({span}, {currency}).",
        not_drawn="Der Chart ließ sich nicht zeichnen; hier die Werte.",
    ),
}


def span_in_words(request: ChartRequest) -> str:
    """Name the span, and since when there is a history where it reaches further back.

    Returns:
        The span in the language of the chat.
    """
    words = WORDS[request.language]
    span = words.spans[request.span]
    return span if request.began is None else words.since.format(span=span, day=f"{request.began:%Y-%m-%d}")
