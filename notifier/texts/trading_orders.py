"""What the chat answers to orders by hand and to a trial of an alert, in each language; HTML for Telegram."""

import msgspec

from bus.language import Language


class OrderWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence; a missing translation is a type error."""

    buy_usage: str
    buy_ask: str
    buy_button: str
    sell_usage: str
    sell_ask: str
    sell_button: str
    sell_of_strategies: str
    sell_nothing: str
    sell_more: str
    for_amount: str
    default_amount: str
    everything: str
    not_resolved: str
    adopt_usage: str
    adopt_ask: str
    adopt_button: str
    adopt_same: str
    simulate_usage: str
    simulate_wrong: str
    simulate_which: str
    simulate_taken: str
    simulate_secret: str


WORDS: dict[Language, OrderWords] = {
    "en": OrderWords(
        buy_usage="Write /buy SYMBOL or /buy SYMBOL AMOUNT, such as /buy AAPL 250.5: digits with a point. "
        "Without an amount it is the portfolio's.",
        buy_ask="Buy <b>{symbol}</b> {of}{amount} at the market, in {portfolio}?\n"
        "By hand, without a strategy. All checks come first.",
        buy_button="Buy {symbol} {amount}",
        sell_usage="Write /sell SYMBOL QUANTITY or /sell SYMBOL all. Bought by hand: {symbols}.",
        sell_ask="Sell {quantity} of <b>{symbol}</b> {of}at the market, in {portfolio}?\n"
        "Bought by hand: {held}. What strategies hold stays.",
        sell_button="Sell {quantity} {symbol}",
        sell_of_strategies="<code>{symbol}</code> in {portfolio} is held by strategies alone. /close {symbol} closes "
        "all of it.",
        sell_nothing="Nothing of <code>{symbol}</code> was bought by hand in {portfolio}. There is: {symbols}.",
        sell_more="{held} of {symbol} is held by hand, not {quantity}. Write less, or /sell {symbol} all.",
        for_amount="for {amount} {currency}",
        default_amount="for the portfolio's amount",
        everything="all",
        not_resolved="as the venue knows it, ",
        adopt_usage="Write /adopt SYMBOL. Books and venue differ in: {symbols}.",
        adopt_ask="Book <b>{external} {symbol}</b> in {portfolio}, as made by hand at the venue, which holds {venue}?\n"
        "The venue is read anew first.",
        adopt_button="Book {external} {symbol}",
        adopt_same="<code>{symbol}</code>: books and venue held the same when that was last read. They differ in: "
        "{symbols}.",
        simulate_usage="Write /simulate and the alert, or /simulate STRATEGY and the alert, such as:\n"
        '<code>/simulate {{"action": "buy", "symbol": "BTCUSDT"}}</code>\nNothing is ordered.',
        simulate_wrong="The alert cannot be read. {field}{cure}",
        simulate_which="Whose alert is it? Write /simulate STRATEGY and the alert. There is: {names}.",
        simulate_taken="Taken: a trial for {name}; nothing is ordered. The result comes as a message.",
        simulate_secret="Its secret was taken out and is not kept: delete your message.",  # noqa: S106 - a sentence
    ),
    "ru": OrderWords(
        buy_usage="Введите /buy СИМВОЛ или /buy СИМВОЛ СУММА, например /buy AAPL 250.5: цифры с точкой. "
        "Без суммы – сумма портфеля.",
        buy_ask="Купить <b>{symbol}</b> {of}{amount} по рынку, в {portfolio}?\n"
        "Вручную, без стратегии. Сначала все проверки.",
        buy_button="Купить {symbol} {amount}",
        sell_usage="Введите /sell СИМВОЛ КОЛИЧЕСТВО или /sell СИМВОЛ all. Куплено вручную: {symbols}.",
        sell_ask="Продать {quantity} <b>{symbol}</b> {of}по рынку, в {portfolio}?\n"
        "Куплено вручную: {held}. Позиции стратегий остаются.",
        sell_button="Продать {quantity} {symbol}",
        sell_of_strategies="<code>{symbol}</code> в {portfolio} держат только стратегии. Всё закроет /close {symbol}.",
        sell_nothing="<code>{symbol}</code> в {portfolio} вручную не куплено. Есть: {symbols}.",
        sell_more="Вручную куплено {held} {symbol}, не {quantity}. Введите меньше или /sell {symbol} all.",
        for_amount="на {amount} {currency}",
        default_amount="на сумму портфеля",
        everything="всё",
        not_resolved="как его знает площадка, ",
        adopt_usage="Введите /adopt СИМВОЛ. Учёт и площадка расходятся: {symbols}.",
        adopt_ask="Учесть <b>{external} {symbol}</b> в {portfolio} как сделку вручную на площадке, где "
        "сейчас {venue}?\nСначала площадка будет прочитана заново.",
        adopt_button="Учесть {external} {symbol}",
        adopt_same="<code>{symbol}</code>: при последней сверке учёт и площадка совпадали. Расходятся: {symbols}.",
        simulate_usage="Введите /simulate и алерт, или /simulate СТРАТЕГИЯ и алерт, например:\n"
        '<code>/simulate {{"action": "buy", "symbol": "BTCUSDT"}}</code>\nЗаявок не будет.',
        simulate_wrong="Алерт не читается. {field}{cure}",
        simulate_which="Чей это алерт? Введите /simulate СТРАТЕГИЯ и алерт. Есть: {names}.",
        simulate_taken="Принято: проба для {name}; заявок не будет. Результат придёт сообщением.",
        simulate_secret="Секрет из него убран и не хранится: удалите своё сообщение.",  # noqa: S106 - a sentence
    ),
    "de": OrderWords(
        buy_usage="/buy SYMBOL oder /buy SYMBOL BETRAG schreiben, etwa /buy AAPL 250.5: Ziffern mit Punkt. "
        "Ohne Betrag gilt der des Portfolios.",
        buy_ask="<b>{symbol}</b> {of}{amount} zum Marktpreis kaufen, in {portfolio}?\n"
        "Von Hand, ohne Strategie. Zuerst kommen alle Prüfungen.",
        buy_button="{symbol} {amount} kaufen",
        sell_usage="/sell SYMBOL MENGE oder /sell SYMBOL all schreiben. Von Hand gekauft: {symbols}.",
        sell_ask="{quantity} <b>{symbol}</b> {of}zum Marktpreis verkaufen, in {portfolio}?\n"
        "Von Hand gekauft: {held}. Was Strategien halten, bleibt.",
        sell_button="{quantity} {symbol} verkaufen",
        sell_of_strategies="<code>{symbol}</code> in {portfolio} halten nur Strategien. "
        "/close {symbol} schließt alles.",
        sell_nothing="Von <code>{symbol}</code> wurde in {portfolio} nichts von Hand gekauft. Es gibt: {symbols}.",
        sell_more="Von Hand gehalten wird {held} {symbol}, nicht {quantity}. "
        "Weniger schreiben, oder /sell {symbol} all.",
        for_amount="für {amount} {currency}",
        default_amount="für den Betrag des Portfolios",
        everything="alles",
        not_resolved="wie der Handelsplatz es kennt, ",
        adopt_usage="/adopt SYMBOL schreiben. Bücher und Handelsplatz weichen ab bei: {symbols}.",
        adopt_ask="<b>{external} {symbol}</b> in {portfolio} buchen, wie von Hand am Handelsplatz gehandelt, der "
        "{venue} hält?\nZuerst wird er neu gelesen.",
        adopt_button="{external} {symbol} buchen",
        adopt_same="<code>{symbol}</code>: beim letzten Lesen stimmten Bücher und Handelsplatz überein. Sie weichen ab "
        "bei: {symbols}.",
        simulate_usage="/simulate und den Alert schreiben, oder /simulate STRATEGIE und den Alert, etwa:\n"
        '<code>/simulate {{"action": "buy", "symbol": "BTCUSDT"}}</code>\nNichts wird geordert.',
        simulate_wrong="Der Alert ist nicht lesbar. {field}{cure}",
        simulate_which="Wessen Alert ist das? /simulate STRATEGIE und den Alert schreiben. Es gibt: {names}.",
        simulate_taken="Angenommen: eine Probe für {name}; nichts wird geordert. Das Ergebnis kommt als Nachricht.",
        simulate_secret="Das Geheimnis darin wurde entfernt und nicht behalten: bitte die Nachricht löschen.",  # noqa: S106 - a sentence
    ),
}
