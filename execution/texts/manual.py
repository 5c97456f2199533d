"""What is answered to orders by hand, and to what is booked by hand; English, Russian, German, plain text."""

from typing import Final, NamedTuple

from bus.language import Language


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    taken: str
    no_number: str
    too_late: str
    of_strategies: str
    short: str
    several: str
    more_than_held: str
    default_amount: str
    amount: str
    quantity: str
    everything: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        taken="{signal}, {size}: it passes the checks now. /why {uid}",
        no_number="{text} is no number above zero. Write digits with a point, such as 12.5.",
        too_late="Nothing was bought: it was asked for {seconds} s ago, and {limit} s is the most. Type it again.",
        of_strategies="{symbol} is held by strategies alone: {strategies}. /close {symbol} closes all of it.",
        short="{symbol}: {held} is held, a short. /close {symbol} ends it.",
        several="Several instruments are called {symbol}. /close {symbol} closes all of them.",
        more_than_held="{symbol}: {held} is held by hand, not {quantity}. Type /sell {symbol} all, or less.",
        default_amount="the portfolio's amount",
        amount="for {amount} {currency}",
        quantity="{quantity}",
        everything="all of {held}",
    ),
    "ru": Words(
        taken="{signal}, {size}: идут проверки. /why {uid}",
        no_number="{text} — не число больше нуля. Пишите цифры с точкой, например 12.5.",
        too_late="Ничего не куплено: запросу {seconds} с, предел {limit} с. Введите команду ещё раз.",
        of_strategies="{symbol} держат только стратегии: {strategies}. Всё закроет /close {symbol}.",
        short="{symbol}: в позиции {held}, это шорт. Закроет /close {symbol}.",
        several="{symbol} — это несколько инструментов. Все закроет /close {symbol}.",
        more_than_held="{symbol}: вручную куплено {held}, не {quantity}. Введите /sell {symbol} all или меньше.",
        default_amount="сумма портфеля",
        amount="на {amount} {currency}",
        quantity="{quantity}",
        everything="всё: {held}",
    ),
    "de": Words(
        taken="{signal}, {size}: die Prüfungen laufen. /why {uid}",
        no_number="{text} ist keine Zahl über null. Ziffern mit Punkt schreiben, etwa 12.5.",
        too_late="Nichts gekauft: die Anfrage ist {seconds} s alt, höchstens {limit} s. Bitte neu eingeben.",
        of_strategies="{symbol} halten nur Strategien: {strategies}. /close {symbol} schließt alles.",
        short="{symbol}: gehalten wird {held}, also short. /close {symbol} schließt das.",
        several="Mehrere Instrumente heißen {symbol}. /close {symbol} schließt alle.",
        more_than_held="{symbol}: von Hand gehalten wird {held}, nicht {quantity}. /sell {symbol} all oder weniger.",
        default_amount="der Betrag des Portfolios",
        amount="für {amount} {currency}",
        quantity="{quantity}",
        everything="alles: {held}",
    ),
}
