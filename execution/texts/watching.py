"""What is told of alerts, schedules, screeners, venues and jobs; English, Russian, German; plain text."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from bus.language import Language
from execution.refusal import number
from execution.texts import names
from ledger.exact import ARITHMETIC
from ledger.trading.books.self_check import Night
from ledger.trading.watching.alerts import Alert, Position, Price, Risk

PLACES: Final = Decimal("1e-8")
PERCENT_PLACES: Final = Decimal("0.01")


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    fired: str
    already: str
    above: str
    below: str
    gain: str
    loss: str
    used: str
    whole: str
    indicator: str
    scheduled: str
    missed: str
    refused: str
    paused: str
    resumed: str
    of_all: str
    of_portfolio: str
    report: str
    found: str
    found_none: str
    not_known: str
    screener_off: str
    job_missed: str
    jobs: dict[str, str]
    books: str
    books_positions: str
    books_orphans: str
    books_orders: str
    books_audit: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        fired="🔔 {what}",
        already="🔔 {what} That is so already; the next crossing is told.",
        above="{symbol} is at {value}: {bound} or above.",
        below="{symbol} is at {value}: {bound} or below.",
        gain="{symbol} in {portfolio} has gained {value} %: {bound} % or more.",
        loss="{symbol} in {portfolio} has lost {value} %: {bound} % or more.",
        used="{symbol} in {portfolio}: {value} % is used, {bound} % or more. /risk",
        whole="All that is held",
        indicator="🔔 {indicator}: {symbol}{price}.",
        scheduled="⏰ {text}",
        missed="⚠ {name} was due at {due} and was not done: trading was not running. Next: {next}.",
        refused="⚠ {name} was due and is refused: {reason}",
        paused="⏸ {name}: no openings {of}, until /resume.",
        resumed="▶ {name}: buying goes on {of}.",
        of_all="in all of your portfolios",
        of_portfolio="in {portfolio}",
        report="📄 {name} is due: /report {period} {form}",
        found="{name}: {count} of {all}",
        found_none="{name}: none of {all}",
        not_known="not known: {symbols}",
        screener_off="{name} is off; /screen on {name}",
        job_missed="⚠ Missed: {job}, due at {due}; trading was not running. {cure}",
        jobs={
            "day_start": "the start of UTC's day|The day's loss is not known for what was held: openings may be "
            "refused until tomorrow.",
            "day_start_new_york": "the start of New York's day|The day's loss is not known for what was held: openings "
            "may be refused until tomorrow.",
            "nightly_sync": "the nightly reconciliation|Each connection to a venue makes one too; nothing to do.",
            "self_check": "the nightly check of the books|Type: make verify-books",
            "retention": "forgetting what is old|The next night does it; nothing to do.",
            "login": "the reminder to log in|Log in to the venue before the market opens.",
            "": "{job}|The next time does it.",
        },
        books="⚠ The nightly check of the books: {found}. Type: make verify-books",
        books_positions="positions that differ from their executions: {count}",
        books_orphans="executions that are in no position: {count}",
        books_orders="orders that are not filled as their executions say: {count}",
        books_audit="audit row {sequence} of {chain}: {reason}",
    ),
    "ru": Words(
        fired="🔔 {what}",
        already="🔔 {what} Это уже так; придёт сообщение о следующем пересечении.",
        above="{symbol}: {value}, не ниже {bound}.",
        below="{symbol}: {value}, не выше {bound}.",
        gain="{symbol} в {portfolio}: рост {value} %, не меньше {bound} %.",
        loss="{symbol} в {portfolio}: убыток {value} %, не меньше {bound} %.",
        used="{symbol} в {portfolio}: использовано {value} %, не меньше {bound} %. /risk",
        whole="Все позиции",
        indicator="🔔 {indicator}: {symbol}{price}.",
        scheduled="⏰ {text}",
        missed="⚠ {name}: было назначено на {due} и не сделано, торговля не работала. Следующее: {next}.",
        refused="⚠ {name}: время пришло, но отказано: {reason}",
        paused="⏸ {name}: без покупок {of}, до /resume.",
        resumed="▶ {name}: покупки продолжаются {of}.",
        of_all="во всех ваших портфелях",
        of_portfolio="в {portfolio}",
        report="📄 {name}: пора, /report {period} {form}",
        found="{name}: {count} из {all}",
        found_none="{name}: ни одного из {all}",
        not_known="неизвестно: {symbols}",
        screener_off="{name} выключен; /screen on {name}",
        job_missed="⚠ Пропущено: {job}, назначено на {due}; торговля не работала. {cure}",
        jobs={
            "day_start": "начало дня UTC|Убыток дня по тому, что было в портфеле, неизвестен: до завтра открытия могут "
            "отклоняться.",
            "day_start_new_york": "начало дня Нью-Йорка|Убыток дня по тому, что было в портфеле, неизвестен: до завтра "
            "открытия могут отклоняться.",
            "nightly_sync": "ночная сверка|При каждом соединении с площадкой она тоже делается; делать ничего не надо.",
            "self_check": "ночная проверка книг|Наберите: make verify-books",
            "retention": "удаление старого|Сделается следующей ночью; делать ничего не надо.",
            "login": "напоминание о входе|Войдите на площадку до открытия рынка.",
            "": "{job}|Сделается в следующий раз.",
        },
        books="⚠ Ночная проверка книг: {found}. Наберите: make verify-books",
        books_positions="позиций, которые расходятся со сделками: {count}",
        books_orphans="сделок вне позиций: {count}",
        books_orders="заявок, исполненных не так, как говорят сделки: {count}",
        books_audit="строка {sequence} журнала {chain}: {reason}",
    ),
    "de": Words(
        fired="🔔 {what}",
        already="🔔 {what} Das ist schon so; der nächste Durchgang wird gemeldet.",
        above="{symbol} steht bei {value}: {bound} oder höher.",
        below="{symbol} steht bei {value}: {bound} oder tiefer.",
        gain="{symbol} in {portfolio}: {value} % im Plus, {bound} % oder mehr.",
        loss="{symbol} in {portfolio}: {value} % im Minus, {bound} % oder mehr.",
        used="{symbol} in {portfolio}: {value} % ausgeschöpft, {bound} % oder mehr. /risk",
        whole="Der ganze Bestand",
        indicator="🔔 {indicator}: {symbol}{price}.",
        scheduled="⏰ {text}",
        missed="⚠ {name} war um {due} fällig und wurde nicht getan: der Handel lief nicht. Nächstes Mal: {next}.",
        refused="⚠ {name} war fällig und wird abgelehnt: {reason}",
        paused="⏸ {name}: keine Käufe {of}, bis /resume.",
        resumed="▶ {name}: Käufe gehen weiter {of}.",
        of_all="in allen eigenen Portfolios",
        of_portfolio="in {portfolio}",
        report="📄 {name} ist fällig: /report {period} {form}",
        found="{name}: {count} von {all}",
        found_none="{name}: keines von {all}",
        not_known="unbekannt: {symbols}",
        screener_off="{name} ist aus; /screen on {name}",
        job_missed="⚠ Versäumt: {job}, fällig um {due}; der Handel lief nicht. {cure}",
        jobs={
            "day_start": "der Beginn des UTC-Tages|Der Tagesverlust ist für den Bestand unbekannt: Eröffnungen werden "
            "womöglich bis morgen abgelehnt.",
            "day_start_new_york": "der Beginn des New Yorker Tages|Der Tagesverlust ist für den Bestand unbekannt: "
            "Eröffnungen werden womöglich bis morgen abgelehnt.",
            "nightly_sync": "der nächtliche Abgleich|Jede Verbindung zum Handelsplatz gleicht auch ab; nichts zu tun.",
            "self_check": "die nächtliche Prüfung der Bücher|Eingeben: make verify-books",
            "retention": "das Löschen von Altem|Geschieht in der nächsten Nacht; nichts zu tun.",
            "login": "die Erinnerung an die Anmeldung|Vor Börsenbeginn beim Handelsplatz anmelden.",
            "": "{job}|Geschieht beim nächsten Mal.",
        },
        books="⚠ Die nächtliche Prüfung der Bücher: {found}. Eingeben: make verify-books",
        books_positions="Positionen, die von ihren Ausführungen abweichen: {count}",
        books_orphans="Ausführungen in keiner Position: {count}",
        books_orders="Aufträge, die nicht nach ihren Ausführungen gefüllt sind: {count}",
        books_audit="Zeile {sequence} des Protokolls {chain}: {reason}",
    ),
}


def language_of(user: Row[Any]) -> Language:
    """Return a user's language; English where it is none of these.

    Args:
        user: A row with `language`.
    """
    return next((each for each in WORDS if each == user.language), "en")


def words_of(user: Row[Any]) -> Words:
    """Return the words of a user's language.

    Args:
        user: A row with `language`.
    """
    return WORDS[language_of(user)]


def at(moment: datetime, user: Row[Any]) -> str:
    """Return a moment to the minute in a user's zone, with its name.

    Args:
        moment: Aware.
        user: A row with `timezone`.
    """
    return f"{moment.astimezone(ZoneInfo(user.timezone)):%Y-%m-%d %H:%M %Z}"


def alert_told(alert: Alert, symbol: str | None, portfolio: str, value: Decimal, user: Row[Any]) -> str:
    """Return where an alert stands, which is beyond one of its bounds.

    Args:
        alert: The alert, with the bound that it is beyond.
        symbol: Of its instrument; None where all is meant.
        portfolio: As it is named.
        value: The price or percent.
        user: A row with `language`.
    """
    words, config, side = words_of(user), alert.config, alert.beyond
    shown = {"symbol": names.shown(symbol) if symbol else words.whole, "portfolio": names.shown(portfolio)}
    match config, side:
        case Price(above=Decimal() as bound), "above":
            return words.above.format(**shown, value=_short(value), bound=number(bound))
        case Price(below=Decimal() as bound), "below":
            return words.below.format(**shown, value=_short(value), bound=number(bound))
        case Position(gain_percent=Decimal() as bound), "gain":
            return words.gain.format(**shown, value=_percent(value), bound=number(bound))
        case Position(loss_percent=Decimal() as bound), "loss":
            return words.loss.format(**shown, value=_percent(abs(value)), bound=number(bound))
        case Risk(limit=limit, used_percent=bound), _:
            return words.used.format(**{**shown, "symbol": limit}, value=_percent(value), bound=number(bound))
        case _:
            return names.shown(alert.name)


def job_missed(job: str, due_at: datetime, user: Row[Any]) -> str:
    """Return that a job was missed, and what to do.

    Args:
        job: Its name.
        due_at: Its instant, aware.
        user: A row with `language` and `timezone`.
    """
    words = words_of(user)
    name, _, cure = words.jobs.get(job, words.jobs[""]).partition("|")
    return words.job_missed.format(job=name.format(job=job), due=at(due_at, user), cure=cure)


def books_wrong(night: Night, user: Row[Any]) -> str:
    """Return what the nightly check has found to be wrong.

    Args:
        night: What it has found.
        user: A row with `language`.
    """
    words = words_of(user)
    templates = {"positions": words.books_positions, "orphans": words.books_orphans, "orders": words.books_orders}
    found = [templates[name].format(count=count) for name, count in night.counts.items() if count and name in templates]
    for fault in night.audit[:1]:
        found.append(words.books_audit.format(sequence=fault.sequence, chain=fault.chain, reason=fault.reason))
    return words.books.format(found="; ".join(found) or "?")


def _short(price: Decimal) -> str:
    """Return a price to eight places."""
    with localcontext(ARITHMETIC):
        return number(price.quantize(PLACES, rounding=ROUND_HALF_EVEN))


def _percent(value: Decimal) -> str:
    """Return a percentage to two places."""
    with localcontext(ARITHMETIC):
        return number(value.quantize(PERCENT_PLACES, rounding=ROUND_HALF_EVEN))
