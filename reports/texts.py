"""The words of reports, in each language."""

from collections.abc import Mapping
from typing import Final, get_args

import msgspec

from bus.language import Language
from reports import refusal_words


class ReportWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of pages and documents; a missing translation is a type error."""

    report: str
    result: str
    day: str
    week: str
    month: str
    days: str
    nothing: str
    net: str
    gross: str
    fees: str
    funding: str
    no_amount: str
    fees_missing: str
    volume: str
    executions: str
    closings: str
    hit_rate: str
    profit_factor: str
    no_losses: str
    largest_loss: str
    best: str
    worst: str
    drawdown: str
    by_currency: str
    by_symbol: str
    by_strategy: str
    no_strategy: str
    refused: str
    refusals: Mapping[str, str]
    held: str
    more: str
    unrealized: str
    cash: str
    not_known: str
    as_of: str
    trades: str
    no_trades: str
    fee: str
    fee_not_known: str
    curve: str
    name: str
    currency: str
    count: str
    reason: str
    average: str
    quantity: str
    page: str
    times_in: str
    too_many: str
    as_file: str
    as_document: str


WORDS: Final[dict[Language, ReportWords]] = {
    "en": ReportWords(
        report="Report",
        result="P&L",
        day="day of trading",
        week="7 days",
        month="30 days",
        days="days: {count}",
        nothing="Nothing was traded.",
        net="Net",
        gross="Gross",
        fees="Fees",
        funding="Funding",
        no_amount="nothing",
        fees_missing="⚠ fees not known yet: {count}",
        volume="Volume",
        executions="Executions",
        closings="Closings",
        hit_rate="Won",
        profit_factor="Profit factor",
        no_losses="no losses",
        largest_loss="Largest loss",
        best="Best",
        worst="Worst",
        drawdown="Deepest fall",
        by_currency="By currency",
        by_symbol="By instrument",
        by_strategy="By strategy",
        no_strategy="no strategy",
        refused="Refused signals",
        refusals=refusal_words.EN,
        held="Open positions",
        more="and {count} more",
        unrealized="Unrealized",
        cash="Cash",
        not_known="not known",
        as_of="as of {at}",
        trades="Executions",
        no_trades="There are no executions yet.",
        fee="fee",
        fee_not_known="fee not known yet",
        curve="Net realized over time, without funding",
        name="Name",
        currency="Currency",
        count="Count",
        reason="Reason",
        average="Average",
        quantity="Quantity",
        page="Page {page} of {pages}",
        times_in="Times in {zone}",
        too_many="That is more than {most} executions. Ask for a shorter period.",
        as_file="CSV",
        as_document="PDF",
    ),
    "ru": ReportWords(
        report="Отчёт",
        result="Результат",
        day="торговый день",
        week="7 дней",
        month="30 дней",
        days="дней: {count}",
        nothing="Сделок не было.",
        net="Чистыми",
        gross="До комиссий",
        fees="Комиссии",
        funding="Фандинг",
        no_amount="ничего",
        fees_missing="⚠ ещё неизвестных комиссий: {count}",
        volume="Оборот",
        executions="Исполнений",
        closings="Закрытий",
        hit_rate="В плюсе",
        profit_factor="Профит-фактор",
        no_losses="без убытков",
        largest_loss="Худший убыток",
        best="Лучшая сделка",
        worst="Худшая сделка",
        drawdown="Просадка",
        by_currency="По валютам",
        by_symbol="По инструментам",
        by_strategy="По стратегиям",
        no_strategy="без стратегии",
        refused="Отклонённые сигналы",
        refusals=refusal_words.RU,
        held="Открытые позиции",
        more="и ещё {count}",
        unrealized="Нереализовано",
        cash="Деньги",
        not_known="неизвестно",
        as_of="на {at}",
        trades="Исполнения",
        no_trades="Исполнений ещё нет.",
        fee="комиссия",
        fee_not_known="комиссия ещё неизвестна",
        curve="Чистый результат со временем, без фандинга",
        name="Название",
        currency="Валюта",
        count="Число",
        reason="Причина",
        average="Средняя",
        quantity="Количество",
        page="Страница {page} из {pages}",
        times_in="Время: {zone}",
        too_many="Это больше {most} исполнений. Нужен срок короче.",
        as_file="CSV",
        as_document="PDF",
    ),
    "de": ReportWords(
        report="Bericht",
        result="Ergebnis",
        day="Handelstag",
        week="7 Tage",
        month="30 Tage",
        days="Tage: {count}",
        nothing="Es wurde nichts gehandelt.",
        net="Netto",
        gross="Brutto",
        fees="Gebühren",
        funding="Funding",
        no_amount="nichts",
        fees_missing="⚠ noch unbekannte Gebühren: {count}",
        volume="Umsatz",
        executions="Ausführungen",
        closings="Schließungen",
        hit_rate="Gewonnen",
        profit_factor="Profitfaktor",
        no_losses="keine Verluste",
        largest_loss="Größter Verlust",
        best="Bester Trade",
        worst="Schlechtester Trade",
        drawdown="Rückgang",
        by_currency="Nach Währung",
        by_symbol="Nach Instrument",
        by_strategy="Nach Strategie",
        no_strategy="ohne Strategie",
        refused="Abgelehnte Signale",
        refusals=refusal_words.DE,
        held="Offene Positionen",
        more="und {count} weitere",
        unrealized="Nicht realisiert",
        cash="Geld",
        not_known="nicht bekannt",
        as_of="Stand {at}",
        trades="Ausführungen",
        no_trades="Es gibt noch keine Ausführungen.",
        fee="Gebühr",
        fee_not_known="Gebühr noch nicht bekannt",
        curve="Netto realisiert im Verlauf, ohne Funding",
        name="Name",
        currency="Währung",
        count="Anzahl",
        reason="Grund",
        average="Schnitt",
        quantity="Menge",
        page="Seite {page} von {pages}",
        times_in="Zeiten in {zone}",
        too_many="Das sind mehr als {most} Ausführungen. Einen kürzeren Zeitraum nehmen.",
        as_file="CSV",
        as_document="PDF",
    ),
}


def title_of(days: int, words: ReportWords) -> str:
    """Return a period in words.

    Args:
        days: How many days, 0 for the day of trading.
        words: The reader's.
    """
    named = {0: words.day, 7: words.week, 30: words.month}
    return named.get(days) or words.days.format(count=days)


def language_of(written: str) -> Language:
    """Return a user's language, English where there are no words in it.

    Args:
        written: As the user's row has it.
    """
    known: tuple[Language, ...] = get_args(Language)
    return next((each for each in known if each == written), "en")


def refusal_told(code: str, words: ReportWords) -> str:
    """Return in a few words why a signal became no order, the code itself where there are none for it.

    Args:
        code: Why.
        words: The reader's.
    """
    return words.refusals.get(code, code)
