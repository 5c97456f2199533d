"""What is answered to who sets margin mode and leverage; English, Russian, German, plain text."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bus.language import Language
from ledger.trading.enumerations import MarginMode
from ledger.trading.flow.margins import Margin


class Words(NamedTuple):
    """All words of one language, with the names of their values in braces."""

    isolated: str
    cross: str
    line: str
    set_back: str
    set_for_all: str
    refused: str
    unknown: str
    known_as_wanted: str
    known_otherwise: str
    none_here: str
    no_future: str
    no_symbol: str
    bad_mode: str
    bad_leverage: str
    over_settings: str
    over_policy: str
    over_venue: str
    under_way: str
    not_answered: str


WORDS: Final[Mapping[Language, Words]] = {
    "en": Words(
        isolated="isolated",
        cross="cross",
        line="Margin: {margin}",
        set_back="{symbol}: {margin}, set at the venue and read back.",
        set_for_all="All symbols without a setting of their own: {margin}. It is set at the venue before the next "
        "order of each.",
        refused="{symbol}: not set to {wanted}. It is {now}. The venue: {reason}",
        unknown="{symbol}: nobody knows whether {wanted} was set: {reason}. Nothing is opened there until the venue "
        "has said what it has; you are told.",
        known_as_wanted="{symbol}: the venue has {now}, as wanted.",
        known_otherwise="{symbol}: the venue has {now}, not {wanted}. Set it again if you still want it.",
        none_here="{broker} lends nothing: there is no margin mode or leverage to set.",
        no_future="{symbol} is bought whole, without leverage. Perpetuals end with .P, such as BTCUSDT.P.",
        no_symbol="{symbol} is not known: {reason}",
        bad_mode="{text} is no margin mode. Write isolated or cross.",
        bad_leverage="{text} is no leverage. Write a whole number from 1 to {most}.",
        over_settings="Leverage {leverage} is over MAX_LEVERAGE {limit}. Nothing was changed.",
        over_policy="Leverage {leverage} is over leverage_cap {limit}: /risk. Nothing was changed.",
        over_venue="{symbol}: the venue lends at most {limit} times, not {leverage}. Nothing was changed.",
        under_way="{symbol}: another change is under way. Wait for its answer.",
        not_answered="{symbol}: the venue has not answered within {seconds} s. Nothing was changed; try again.",
    ),
    "ru": Words(
        isolated="изолированная",
        cross="кросс",
        line="Маржа: {margin}",
        set_back="{symbol}: {margin}, установлено на площадке и проверено.",
        set_for_all="Все символы без своей настройки: {margin}. На площадке ставится перед следующей заявкой каждого.",
        refused="{symbol}: {wanted} не установлено. Сейчас {now}. Площадка: {reason}",
        unknown="{symbol}: неизвестно, установлено ли {wanted}: {reason}. Открытий не будет, пока площадка не "
        "скажет, что у неё; об этом придёт сообщение.",
        known_as_wanted="{symbol}: на площадке {now}, как и нужно.",
        known_otherwise="{symbol}: на площадке {now}, не {wanted}. Если нужно, установите снова.",
        none_here="{broker} не даёт плеча: вид маржи и плечо здесь не ставятся.",
        no_future="{symbol} покупается целиком, без плеча. Бессрочные кончаются на .P, например BTCUSDT.P.",
        no_symbol="{symbol} не найден: {reason}",
        bad_mode="{text} — не вид маржи. Напишите isolated или cross.",
        bad_leverage="{text} — не плечо. Напишите целое число от 1 до {most}.",
        over_settings="Плечо {leverage} выше MAX_LEVERAGE {limit}. Ничего не изменено.",
        over_policy="Плечо {leverage} выше leverage_cap {limit}: /risk. Ничего не изменено.",
        over_venue="{symbol}: площадка даёт плечо не больше {limit}, не {leverage}. Ничего не изменено.",
        under_way="{symbol}: другое изменение ещё идёт. Дождитесь ответа.",
        not_answered="{symbol}: площадка не ответила за {seconds} с. Ничего не изменено; попробуйте снова.",
    ),
    "de": Words(
        isolated="isoliert",
        cross="Cross",
        line="Margin: {margin}",
        set_back="{symbol}: {margin}, an der Börse gesetzt und zurückgelesen.",
        set_for_all="Alle Symbole ohne eigene Einstellung: {margin}. Gesetzt wird es an der Börse vor der nächsten "
        "Order jedes Symbols.",
        refused="{symbol}: {wanted} ist nicht gesetzt. Jetzt gilt {now}. Die Börse: {reason}",
        unknown="{symbol}: niemand weiß, ob {wanted} gesetzt ist: {reason}. Dort wird nichts eröffnet, bis die Börse "
        "sagt, was gilt; dann kommt eine Meldung.",
        known_as_wanted="{symbol}: an der Börse gilt {now}, wie gewünscht.",
        known_otherwise="{symbol}: an der Börse gilt {now}, nicht {wanted}. Bei Bedarf erneut setzen.",
        none_here="{broker} leiht nichts: Margin-Art und Hebel gibt es dort nicht.",
        no_future="{symbol} wird ganz gekauft, ohne Hebel. Perpetuals enden auf .P, etwa BTCUSDT.P.",
        no_symbol="{symbol} ist unbekannt: {reason}",
        bad_mode="{text} ist keine Margin-Art. isolated oder cross schreiben.",
        bad_leverage="{text} ist kein Hebel. Eine ganze Zahl von 1 bis {most} schreiben.",
        over_settings="Der Hebel {leverage} ist über MAX_LEVERAGE {limit}. Nichts wurde geändert.",
        over_policy="Der Hebel {leverage} ist über leverage_cap {limit}: /risk. Nichts wurde geändert.",
        over_venue="{symbol}: Die Börse leiht höchstens {limit}-fach, nicht {leverage}. Nichts wurde geändert.",
        under_way="{symbol}: eine andere Änderung läuft noch. Ihre Antwort abwarten.",
        not_answered="{symbol}: die Börse hat in {seconds} s nicht geantwortet. Nichts wurde geändert; erneut "
        "versuchen.",
    ),
}


def worded(margin: Margin | None, words: Words) -> str:
    """Return a margin mode and leverage in words.

    Args:
        margin: Them; None where nobody knows.
        words: Of a language.
    """
    if margin is None:
        return "?"
    modes: dict[MarginMode, str] = {"ISOLATED": words.isolated, "CROSS": words.cross}
    return f"{modes[margin.margin_mode]} {margin.leverage}×"
