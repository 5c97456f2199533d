"""The words of `/positions`, in each language; HTML for Telegram."""

from collections.abc import Mapping

import msgspec

from bus.language import Language
from ledger.trading.enumerations import Leg


class HoldingWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the page; a missing translation is a type error.

    Attributes:
        legs: What protects a position, by its part in a signal's life.
    """

    none: str
    at: str
    price: str
    delayed: str
    old_price: str
    no_price: str
    unrealized: str
    realized: str
    legs: Mapping[Leg, str]
    external: str
    not_ours: str
    differs: str
    average: str
    as_of: str
    away: str
    silent: str


WORDS: dict[Language, HoldingWords] = {
    "en": HoldingWords(
        none="Nothing is held.",
        at="@",
        price="now {price}, {gained}",
        delayed="{price}, delayed, {at}\n  {gained}",
        old_price="⚠ {price}, of {at}\n  {gained}",
        no_price="⚠ price not known",
        unrealized="Unrealized",
        realized="realized {amount}",
        legs={"STOP_LOSS": "stop loss", "TAKE_PROFIT": "take profit"},
        external="{account}: books and venue differ",
        not_ours="not ours, held at the venue",
        differs="books {books}, venue {venue}",
        average="at {price} on average",
        as_of="as of {at}",
        away="⚠ {broker} is not connected: /status",
        silent="⚠ execution does not answer: /status",
    ),
    "ru": HoldingWords(
        none="Позиций нет.",
        at="по",
        price="сейчас {price}, {gained}",
        delayed="{price}, с задержкой, {at}\n  {gained}",
        old_price="⚠ {price}, на {at}\n  {gained}",
        no_price="⚠ цена неизвестна",
        unrealized="Нереализовано",
        realized="реализовано {amount}",
        legs={"STOP_LOSS": "стоп-лосс", "TAKE_PROFIT": "тейк-профит"},
        external="{account}: учёт и биржа расходятся",
        not_ours="не наше, лежит на бирже",
        differs="в учёте {books}, на бирже {venue}",
        average="в среднем по {price}",
        as_of="на {at}",
        away="⚠ {broker}: нет связи, /status",
        silent="⚠ execution не отвечает: /status",
    ),
    "de": HoldingWords(
        none="Keine Positionen.",
        at="zu",
        price="jetzt {price}, {gained}",
        delayed="{price}, verzögert, {at}\n  {gained}",
        old_price="⚠ {price}, von {at}\n  {gained}",
        no_price="⚠ Kurs nicht bekannt",
        unrealized="Unrealisiert",
        realized="realisiert {amount}",
        legs={"STOP_LOSS": "Stop-Loss", "TAKE_PROFIT": "Take-Profit"},
        external="{account}: Bücher und Börse weichen ab",
        not_ours="nicht von hier, liegt an der Börse",
        differs="Bücher {books}, Börse {venue}",
        average="im Schnitt zu {price}",
        as_of="Stand {at}",
        away="⚠ {broker} ist nicht verbunden: /status",
        silent="⚠ execution antwortet nicht: /status",
    ),
}
