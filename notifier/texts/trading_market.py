"""What `/market` says, in each language."""

import msgspec

from bus.language import Language


class MarketWords(msgspec.Struct, frozen=True, kw_only=True):
    """Its lines, in Telegram's HTML; none of them is longer than a phone shows."""

    title: str
    shares_open: str
    shares_closed: str
    opens: str
    closes: str
    half_day: str
    unknown: str
    crypto: str
    venues: str


WORDS: dict[Language, MarketWords] = {
    "en": MarketWords(
        title="<b>Markets</b>",
        shares_open="Shares, New York: open",
        shares_closed="Shares, New York: closed",
        opens="  opens {at}",
        closes="  closes {at}",
        half_day="  half a day",
        unknown="  nobody knows when it opens",
        crypto="Crypto: open, never closes",
        venues="A venue's own hours come first.",
    ),
    "ru": MarketWords(
        title="<b>Рынки</b>",
        shares_open="Акции, Нью-Йорк: открыт",
        shares_closed="Акции, Нью-Йорк: закрыт",
        opens="  откроется {at}",
        closes="  закроется {at}",
        half_day="  короткий день",
        unknown="  когда откроется, неизвестно",
        crypto="Крипто: открыт всегда",
        venues="Часы самой биржи важнее.",
    ),
    "de": MarketWords(
        title="<b>Märkte</b>",
        shares_open="Aktien, New York: offen",
        shares_closed="Aktien, New York: geschlossen",
        opens="  öffnet {at}",
        closes="  schließt {at}",
        half_day="  halber Tag",
        unknown="  wann er öffnet, ist unbekannt",
        crypto="Krypto: immer offen",
        venues="Die Zeiten der Börse gehen vor.",
    ),
}
