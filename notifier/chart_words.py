"""What a chart and its caption say, in both languages."""

from msgspec import Struct

from notifier.chart_request import Span
from notifier.language import Language


class Words(Struct, frozen=True, kw_only=True):
    """The words of one language; a caption's templates are filled in with `str.format`."""

    title: str
    spans: dict[Span, str]
    incomplete: str
    stands_in: str
    lowest: str
    highest: str
    now: str
    at_first: str
    change: str
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
        now="Last",
        at_first="First",
        change="Change",
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
        at_first="Сначала",
        change="Разница",
        marked="Неполных точек: {count} из {of}",
        nothing="Пока нечего рисовать ({span}, {currency}).",
        not_drawn="График не нарисовался, вот числа.",
    ),
}
