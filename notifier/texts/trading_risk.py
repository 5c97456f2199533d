"""The words of `/risk`, in each language."""

from collections.abc import Mapping

import msgspec

from bus.language import Language
from ledger.trading.enumerations import BreachAction


class RiskWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every word of the page, in Telegram's HTML; a missing translation is a type error.

    Attributes:
        actions: What was done about a breach.
    """

    risk: str
    used: str
    of: str
    not_known: str
    part: str
    free_cash: str
    reserve: str
    each_order: str
    nothing_set: str
    policies: str
    policy: str
    no_policies: str
    breaches: str
    no_breaches: str
    actions: Mapping[BreachAction, str]


WORDS: dict[Language, RiskWords] = {
    "en": RiskWords(
        risk="Risk",
        used="Used now",
        of="{used} of {most} ({percent} %)",
        not_known="not known",
        part="without what open positions moved",
        free_cash="Free cash",
        reserve="reserve {reserve} left out, {at}",
        each_order="Of each order",
        nothing_set="No limit is set: nothing is opened. /settings",
        policies="In force",
        policy="since {at}, limits: {count}",
        no_policies="none",
        breaches="Latest breaches",
        no_breaches="none within 30 days",
        actions={
            "BLOCKED": "blocked",
            "WARNED": "warned",
            "REDUCED_SIZE": "size reduced",
            "CLOSED_POSITION": "position closed",
        },
    ),
    "ru": RiskWords(
        risk="Риск",
        used="Использовано",
        of="{used} из {most} ({percent} %)",
        not_known="неизвестно",
        part="без изменения открытых позиций",
        free_cash="Свободно",
        reserve="без резерва {reserve}, {at}",
        each_order="На каждую заявку",
        nothing_set="Лимитов нет: ничего не открывается. /settings",
        policies="Действуют",
        policy="с {at}, лимитов: {count}",
        no_policies="ничего",
        breaches="Последние нарушения",
        no_breaches="за 30 дней ни одного",
        actions={
            "BLOCKED": "остановлено",
            "WARNED": "предупреждение",
            "REDUCED_SIZE": "размер уменьшен",
            "CLOSED_POSITION": "позиция закрыта",
        },
    ),
    "de": RiskWords(
        risk="Risiko",
        used="Ausgeschöpft",
        of="{used} von {most} ({percent} %)",
        not_known="nicht bekannt",
        part="ohne Kursänderung des Gehaltenen",
        free_cash="Frei",
        reserve="Reserve {reserve} ab, {at}",
        each_order="Je Order",
        nothing_set="Kein Limit gesetzt: Nichts wird eröffnet. /settings",
        policies="In Kraft",
        policy="seit {at}, Limits: {count}",
        no_policies="nichts",
        breaches="Letzte Verletzungen",
        no_breaches="keine in 30 Tagen",
        actions={
            "BLOCKED": "blockiert",
            "WARNED": "gewarnt",
            "REDUCED_SIZE": "Größe verringert",
            "CLOSED_POSITION": "Position geschlossen",
        },
    ),
}
