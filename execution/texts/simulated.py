"""The words of a trial of an alert; English, Russian, German, plain text; codes and fields are the same in each."""

from typing import Final, NamedTuple

from bus.language import Language


class Words(NamedTuple):
    """All words of one language."""

    head: str
    fields: str
    strategy: str
    means: str
    closing: str
    size: str
    kept: str
    asked: str
    in_the_way: str
    order: str
    waits: str
    held: str
    waits_for_others: str
    refused: str
    ended: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        head="Trial: {signal}. Nothing was done.",
        fields="Read: {fields}",
        strategy="Strategy: {name}, version {version}, {mode}; size by {sizing}; portfolio {portfolio}",
        means="Means: {moves}; held {held}",
        closing="A closing passes every check but a kill.",
        size="Size: {quantity} @ {price} = {value} {currency}, left over {left}",
        kept="Of that {percent} % is kept for slippage: a market order may cost more than the ask.",
        asked="A question comes first. Execute would do this:",
        in_the_way="First {count} orders in the way are canceled, then it is closed.",
        order="Order: {side} {quantity} {symbol} {type} {life} {purpose}",
        waits="⏳ The market is closed. It would wait until {opens}.",
        held="⏳ It would be held: {reason}",
        waits_for_others="⏳ It would wait for the signals before it.",
        refused="✖ {code}: {reason}",
        ended="It would end with {code}.",
    ),
    "ru": Words(
        head="Проба: {signal}. Ничего не сделано.",
        fields="Прочитано: {fields}",
        strategy="Стратегия: {name}, версия {version}, {mode}; размер по {sizing}; портфель {portfolio}",
        means="Значит: {moves}; в позиции {held}",
        closing="Закрытие проходит все проверки, кроме остановки.",
        size="Размер: {quantity} @ {price} = {value} {currency}, остаток {left}",
        kept="Из суммы {percent} % оставлено на проскальзывание: рыночная заявка может выйти дороже.",
        asked="Сначала придёт вопрос. «Исполнить» сделает это:",
        in_the_way="Сначала отменяются мешающие заявки ({count}), затем позиция закрывается.",
        order="Заявка: {side} {quantity} {symbol} {type} {life} {purpose}",
        waits="⏳ Рынок закрыт. Сигнал ждал бы до {opens}.",
        held="⏳ Сигнал задержался бы: {reason}",
        waits_for_others="⏳ Сигнал ждал бы сигналов перед ним.",
        refused="✖ {code}: {reason}",
        ended="Кончилось бы кодом {code}.",
    ),
    "de": Words(
        head="Probe: {signal}. Nichts wurde getan.",
        fields="Gelesen: {fields}",
        strategy="Strategie: {name}, Version {version}, {mode}; Größe nach {sizing}; Portfolio {portfolio}",
        means="Bedeutet: {moves}; gehalten {held}",
        closing="Eine Schließung besteht jede Prüfung außer dem Stopp.",
        size="Größe: {quantity} @ {price} = {value} {currency}, übrig {left}",
        kept="Davon bleiben {percent} % für Slippage: Eine Market-Order kann mehr kosten als der Briefkurs.",
        asked="Zuerst kommt eine Frage. Ausführen täte dies:",
        in_the_way="Zuerst werden {count} Orders im Weg gestrichen, dann wird geschlossen.",
        order="Order: {side} {quantity} {symbol} {type} {life} {purpose}",
        waits="⏳ Der Markt ist zu. Das Signal würde bis {opens} warten.",
        held="⏳ Das Signal würde gehalten: {reason}",
        waits_for_others="⏳ Das Signal würde auf die vor ihm warten.",
        refused="✖ {code}: {reason}",
        ended="Es endete mit {code}.",
    ),
}
