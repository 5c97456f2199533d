"""What the commands that change limits and preferences say, in each language."""

from collections.abc import Mapping

import msgspec

from bus.language import Language
from ledger.trading.enumerations import NoticeKind


class SettingWords(msgspec.Struct, frozen=True, kw_only=True):
    """Every sentence of the settings, in Telegram's HTML; a missing translation is a type error.

    Attributes:
        kinds: What each kind of notice is about.
        levels: How a notice comes.
    """

    kinds: Mapping[NoticeKind, str]
    levels: Mapping[str, str]
    now: str
    change: str
    bounds: str
    bounds_whole: str
    off_needed: str
    off_amount: str
    off_limit: str
    bad_value: str
    changed: str
    unchanged: str
    from_next: str
    stricter: str
    zero: str
    loosen_ask: str
    loosen_button: str
    own_amounts: str
    strategy_gone: str
    no_strategies: str
    settings: str
    limits: str
    needed_note: str
    strategies: str
    own_amount: str
    sized: str
    you: str
    language: str
    zone: str
    notices: str
    all_on: str
    language_usage: str
    zone_usage: str
    notices_usage: str
    done: str


WORDS: dict[Language, SettingWords] = {
    "en": SettingWords(
        kinds={
            "refused": "signals refused",
            "question": "questions",
            "filled": "orders filled",
            "canceled": "orders canceled",
            "rejected": "orders rejected",
            "breach": "limits broken",
            "unprotected": "no stop loss in place",
            "venue": "venue lost and back",
            "swing": "unusual swings of P&amp;L",
            "reconciliation": "books and venue differ",
            "report": "daily report",
            "login": "weekly login",
            "alert": "your alerts",
            "self_check": "self-check of the books",
        },
        levels={"on": "with a sound", "silent": "without a sound", "off": "not sent"},
        now="Now: <b>{value}</b>",
        change="To change: <code>{usage}</code>",
        bounds="From {least} to {most}, written like 1000.50, with two decimals at most.",
        bounds_whole="A whole number from {least} to {most}.",
        off_needed="<code>off</code>: it is not set, and nothing is opened.",
        off_amount="<code>off</code>: a strategy without an amount of its own buys nothing.",
        off_limit="<code>off</code>: there is no such limit.",
        bad_value="Nothing was changed: {typed} is no value of {label}.",
        changed="{label}, {of}: {before} → <b>{after}</b>",
        unchanged="{label}, {of}: {after}, as before. Nothing was changed.",
        from_next="It holds from the next signal on.",
        stricter="⚠ A stricter one holds: {value} ({source}).",
        zero="⚠ With 0 nothing is opened.",
        loosen_ask="That lets more be opened. {label}, {of}: {before} → <b>{after}</b>?",
        loosen_button="{label}: {after}",
        own_amounts="Strategies with a size of their own: {names}.",
        strategy_gone="Nothing was changed: the strategy is another one by now. Type it again.",
        no_strategies="There is no strategy yet: /strategy new NAME",
        settings="Settings",
        limits="Limits",
        needed_note="⚠ Until it is set, nothing is opened.",
        strategies="Strategies",
        own_amount="buys {amount}",
        sized="size: {by}",
        you="You",
        language="Language",
        zone="Time zone",
        notices="Notices",
        all_on="all with a sound",
        language_usage="To change: {usages}",
        zone_usage="To change: <code>/timezone Europe/Berlin</code>, by its name in the IANA list: continent/city.",
        notices_usage="To change: <code>/notify KIND on|silent|off</code>",
        done="From now on: {what}",
    ),
    "ru": SettingWords(
        kinds={
            "refused": "отказы по сигналам",
            "question": "вопросы",
            "filled": "исполнение заявок",
            "canceled": "отмена заявок",
            "rejected": "отклонённые заявки",
            "breach": "нарушенные лимиты",
            "unprotected": "нет стоп-лосса",
            "venue": "связь с биржей",
            "swing": "резкие скачки результата",
            "reconciliation": "расхождения с биржей",
            "report": "отчёт за день",
            "login": "еженедельный вход",
            "alert": "ваши оповещения",
            "self_check": "самопроверка книг",
        },
        levels={"on": "со звуком", "silent": "без звука", "off": "не приходит"},
        now="Сейчас: <b>{value}</b>",
        change="Изменить: <code>{usage}</code>",
        bounds="От {least} до {most}, в виде 1000.50, не больше двух знаков после точки.",
        bounds_whole="Целое число от {least} до {most}.",
        off_needed="<code>off</code>: не задано, и ничего не открывается.",
        off_amount="<code>off</code>: стратегия без своей суммы ничего не покупает.",
        off_limit="<code>off</code>: такого лимита нет.",
        bad_value="Ничего не изменено: {typed} не подходит для «{label}».",
        changed="{label}, {of}: {before} → <b>{after}</b>",
        unchanged="{label}, {of}: {after}, как и было. Ничего не изменено.",
        from_next="Действует со следующего сигнала.",
        stricter="⚠ Действует более строгий: {value} ({source}).",
        zero="⚠ При 0 ничего не открывается.",
        loosen_ask="Так можно будет открыть больше. {label}, {of}: {before} → <b>{after}</b>?",
        loosen_button="{label}: {after}",
        own_amounts="Стратегии со своим размером: {names}.",
        strategy_gone="Ничего не изменено: стратегия уже другая. Наберите ещё раз.",
        no_strategies="Стратегий ещё нет: /strategy new NAME",
        settings="Настройки",
        limits="Лимиты",
        needed_note="⚠ Пока не задано, ничего не открывается.",
        strategies="Стратегии",
        own_amount="покупает на {amount}",
        sized="размер: {by}",
        you="Вы",
        language="Язык",
        zone="Часовой пояс",
        notices="Сообщения",
        all_on="все со звуком",
        language_usage="Изменить: {usages}",
        zone_usage="Изменить: <code>/timezone Europe/Moscow</code>, имя из списка IANA: континент/город.",
        notices_usage="Изменить: <code>/notify ВИД on|silent|off</code>",
        done="С этого момента: {what}",
    ),
    "de": SettingWords(
        kinds={
            "refused": "abgelehnte Signale",
            "question": "Fragen",
            "filled": "ausgeführte Orders",
            "canceled": "stornierte Orders",
            "rejected": "zurückgewiesene Orders",
            "breach": "verletzte Limits",
            "unprotected": "kein Stop-Loss aktiv",
            "venue": "Börse weg und wieder da",
            "swing": "starke Schwankungen",
            "reconciliation": "Bücher und Börse uneins",
            "report": "Tagesbericht",
            "login": "wöchentlicher Login",
            "alert": "eigene Alarme",
            "self_check": "Selbstprüfung der Bücher",
        },
        levels={"on": "mit Ton", "silent": "ohne Ton", "off": "kommt nicht"},
        now="Jetzt: <b>{value}</b>",
        change="Ändern: <code>{usage}</code>",
        bounds="Von {least} bis {most}, geschrieben wie 1000.50, höchstens zwei Nachkommastellen.",
        bounds_whole="Eine ganze Zahl von {least} bis {most}.",
        off_needed="<code>off</code>: nicht gesetzt, und nichts wird eröffnet.",
        off_amount="<code>off</code>: Eine Strategie ohne eigenen Betrag kauft nichts.",
        off_limit="<code>off</code>: Dieses Limit gibt es dann nicht.",
        bad_value="Nichts geändert: {typed} passt nicht zu „{label}“.",
        changed="{label}, {of}: {before} → <b>{after}</b>",
        unchanged="{label}, {of}: {after}, wie bisher. Nichts geändert.",
        from_next="Gilt ab dem nächsten Signal.",
        stricter="⚠ Es gilt ein strengeres: {value} ({source}).",
        zero="⚠ Mit 0 wird nichts eröffnet.",
        loosen_ask="Damit kann mehr eröffnet werden. {label}, {of}: {before} → <b>{after}</b>?",
        loosen_button="{label}: {after}",
        own_amounts="Strategien mit eigener Größe: {names}.",
        strategy_gone="Nichts geändert: Die Strategie ist inzwischen eine andere. Bitte neu eingeben.",
        no_strategies="Noch keine Strategie: /strategy new NAME",
        settings="Einstellungen",
        limits="Limits",
        needed_note="⚠ Bis es gesetzt ist, wird nichts eröffnet.",
        strategies="Strategien",
        own_amount="kauft für {amount}",
        sized="Größe: {by}",
        you="Persönlich",
        language="Sprache",
        zone="Zeitzone",
        notices="Meldungen",
        all_on="alle mit Ton",
        language_usage="Ändern: {usages}",
        zone_usage="Ändern: <code>/timezone Europe/Berlin</code>, Name aus der IANA-Liste: Kontinent/Stadt.",
        notices_usage="Ändern: <code>/notify ART on|silent|off</code>",
        done="Ab jetzt: {what}",
    ),
}
