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
    adopted: str
    nothing_differs: str
    not_read: str
    no_price: str
    on_the_way: str
    of_several: str
    other_side: str
    both_sides: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        taken="{signal}, {size}: it goes through the checks now. /why {uid}",
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
        adopted="{symbol}: {side} {quantity} @ {price} is booked as made by hand at the venue; held now {held}.",
        nothing_differs="{symbol}: books and venue hold the same. Nothing is booked.",
        not_read="{symbol}: the venue has not been read within {seconds} s. /status says who is connected; try again.",
        no_price="{symbol}: nobody says its price now, so nothing is booked. Try again while its market is open.",
        on_the_way="{symbol}: orders are on their way, so nothing is sure. Wait for their end, or /cancel them.",
        of_several="{symbol}: several hold it here ({holders}), so nobody knows whose {quantity} is gone. Nothing is "
        "booked; /positions shows all.",
        other_side="{symbol}: {held} is held here, and the venue is {external} off, beyond zero. Close it at the venue "
        "first, then /adopt {symbol}.",
        both_sides="{symbol}: long and short differ both ({sides}). Close one of them at the venue, then /adopt "
        "{symbol}.",
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
        adopted="{symbol}: {side} {quantity} @ {price} учтено как сделка вручную на площадке; в позиции {held}.",
        nothing_differs="{symbol}: учёт и площадка совпадают. Ничего не учтено.",
        not_read="{symbol}: площадка не ответила за {seconds} с. Кто на связи, скажет /status; попробуйте снова.",
        no_price="{symbol}: цены сейчас нет, поэтому ничего не учтено. Повторите, когда рынок открыт.",
        on_the_way="{symbol}: заявки ещё в пути, ничего не ясно. Дождитесь их конца или /cancel.",
        of_several="{symbol}: держат несколько ({holders}), и чьи {quantity} исчезли, неизвестно. Ничего не учтено; "
        "всё покажет /positions.",
        other_side="{symbol}: здесь {held}, площадка отличается на {external}, дальше нуля. Сначала закройте на "
        "площадке, потом /adopt {symbol}.",
        both_sides="{symbol}: расходятся и длинная, и короткая ({sides}). Закройте одну на площадке, потом /adopt "
        "{symbol}.",
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
        adopted="{symbol}: {side} {quantity} @ {price} ist gebucht wie von Hand am Handelsplatz; "
        "gehalten jetzt {held}.",
        nothing_differs="{symbol}: Bücher und Handelsplatz stimmen überein. Nichts wird gebucht.",
        not_read="{symbol}: der Handelsplatz wurde in {seconds} s nicht gelesen. /status zeigt, wer verbunden ist; "
        "bitte neu versuchen.",
        no_price="{symbol}: niemand nennt jetzt einen Preis, darum wird nichts gebucht. "
        "Bei offenem Markt neu versuchen.",
        on_the_way="{symbol}: Orders sind unterwegs, also ist nichts sicher. Ihr Ende abwarten, oder /cancel.",
        of_several="{symbol}: mehrere halten es hier ({holders}), wessen {quantity} fehlen, weiß niemand. Nichts wird "
        "gebucht; /positions zeigt alles.",
        other_side="{symbol}: hier {held}, der Handelsplatz weicht um {external} ab, über null hinaus. Erst dort "
        "schließen, dann /adopt {symbol}.",
        both_sides="{symbol}: Long und Short weichen beide ab ({sides}). Eines davon dort schließen, dann /adopt "
        "{symbol}.",
    ),
}
