"""What `/market` says, in each language."""

from collections.abc import Mapping

import msgspec

from bus.language import Language


class MarketWords(msgspec.Struct, frozen=True, kw_only=True):
    """Its lines, in Telegram's HTML; none of them is longer than a phone shows.

    Attributes:
        then: The session after the one that runs.
        open: Behind a venue, as `closed`.
        kinds: What a venue's hours are for.
        closed_days: Above the days on which New York does not trade, or not for long.
    """

    title: str
    shares_open: str
    shares_closed: str
    opens: str
    closes: str
    half_day: str
    unknown: str
    then: str
    crypto: str
    open: str
    closed: str
    kinds: Mapping[str, str]
    venues: str
    no_venues: str
    closed_days: str
    until: str


WORDS: dict[Language, MarketWords] = {
    "en": MarketWords(
        title="<b>Markets</b>",
        shares_open="Shares, New York: open",
        shares_closed="Shares, New York: closed",
        opens="  opens {at}",
        closes="  closes {at}",
        half_day="  half a day",
        unknown="  nobody knows when it opens",
        then="  then {opens} – {closes}",
        crypto="Crypto: open, never closes",
        open="open",
        closed="closed",
        kinds={
            "EQUITY": "shares",
            "CRYPTO": "crypto",
            "FUTURE": "futures",
            "FOREX": "currencies",
            "ETF": "funds",
        },
        venues="A venue's own hours come first.",
        no_venues="No venue has told its own hours yet; where one does, they come first.",
        closed_days="New York stays closed",
        until="{day} from {at} on",
    ),
    "ru": MarketWords(
        title="<b>Рынки</b>",
        shares_open="Акции, Нью-Йорк: открыт",
        shares_closed="Акции, Нью-Йорк: закрыт",
        opens="  откроется {at}",
        closes="  закроется {at}",
        half_day="  короткий день",
        unknown="  когда откроется, неизвестно",
        then="  затем {opens} – {closes}",
        crypto="Крипто: открыт всегда",
        open="открыто",
        closed="закрыто",
        kinds={
            "EQUITY": "акции",
            "CRYPTO": "крипто",
            "FUTURE": "фьючерсы",
            "FOREX": "валюты",
            "ETF": "фонды",
        },
        venues="Часы самой биржи важнее.",
        no_venues="Своих часов биржи ещё не сообщали; где сообщат, они важнее.",
        closed_days="Нью-Йорк закрыт",
        until="{day} после {at}",
    ),
    "de": MarketWords(
        title="<b>Märkte</b>",
        shares_open="Aktien, New York: offen",
        shares_closed="Aktien, New York: geschlossen",
        opens="  öffnet {at}",
        closes="  schließt {at}",
        half_day="  halber Tag",
        unknown="  wann er öffnet, ist unbekannt",
        then="  danach {opens} – {closes}",
        crypto="Krypto: immer offen",
        open="offen",
        closed="geschlossen",
        kinds={
            "EQUITY": "Aktien",
            "CRYPTO": "Krypto",
            "FUTURE": "Futures",
            "FOREX": "Devisen",
            "ETF": "Fonds",
        },
        venues="Die Zeiten der Börse gehen vor.",
        no_venues="Eigene Zeiten hat noch keine Börse genannt; wo sie es tut, gehen sie vor.",
        closed_days="New York bleibt geschlossen",
        until="{day} ab {at}",
    ),
}
