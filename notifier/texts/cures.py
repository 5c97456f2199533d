"""What to do about each reason that a source gives for having no number, where nothing is special about the source.

The reasons are those of `bus.reasons`; a test sees to it that each has its cure in every language. A cure is plain
text: whoever puts it on a page escapes it.
"""

from bus import reasons
from bus.language import Language
from notifier.texts.platforms import Words, of_platforms

TIME_SKEW = "time skew"
"""Stands for `time skew +12 s` with any number."""

_ENGLISH = {
    reasons.TIMEOUT: "Nothing to do: it is asked again at the next round.",
    reasons.NOT_RUNNING: "See /health, then try /restart. Its log says why it is down.",
    reasons.UNREACHABLE: "Nothing to do now. If it stays, check this machine's network and DNS.",
    reasons.TLS_ERROR: "Install ca-certificates, and check the clock of this machine.",
    reasons.RATE_LIMITED: "Nothing to do, it waits by itself. If it stays, something else uses the same key.",
    reasons.MAINTENANCE: "Nothing to do: the platform is closed for now.",
    reasons.BAD_KEY: "Check the key in .env, or make a new one. Then /restart.",
    reasons.KEY_EXPIRED: "Make a new key, write it into .env, then /restart.",
    reasons.NO_PERMISSION: "Give the key the right to read, or see whether the account is restricted.",
    reasons.KEY_CAN_TRADE: "Make a key that can only read, write it into .env, then /restart.",
    reasons.IP_NOT_ALLOWED: "Add this machine's address to the key, the IPv6 one too if it has one.",
    reasons.WRONG_REGION: "The platform does not serve this address or account. See docs/keys about regional hosts.",
    reasons.BAD_ANSWER: "Nothing to do now. If it stays, this program needs a fix: its log has the code.",
    reasons.STATEMENT_NOT_READY: "It asks again by itself. If it stays, an account of the query may be closed.",
    reasons.QUERY_INVALID: "Check the number and the settings of the query.",
    reasons.NAV_SECTION_MISSING: "Tick Net Asset Value (NAV) in Base in the query's sections.",
    reasons.NO_USD_RATE: "Set Include Currency Rates? to Yes in the query.",
    TIME_SKEW: "Set the clock of this machine: timedatectl set-ntp true",
}
_RUSSIAN = {
    reasons.TIMEOUT: "Ничего не делать: в следующий раз спросим снова.",
    reasons.NOT_RUNNING: "Посмотрите /health, затем /restart. Причина — в журнале программы.",
    reasons.UNREACHABLE: "Пока ничего. Если не пройдёт, проверьте сеть и DNS этой машины.",
    reasons.TLS_ERROR: "Установите ca-certificates и проверьте часы этой машины.",
    reasons.RATE_LIMITED: "Ничего не делать, бот подождёт. Если не пройдёт, этим ключом пользуется кто-то ещё.",
    reasons.MAINTENANCE: "Ничего не делать: на площадке технические работы.",
    reasons.BAD_KEY: "Проверьте ключ в .env или создайте новый. Затем /restart.",
    reasons.KEY_EXPIRED: "Создайте новый ключ, впишите его в .env, затем /restart.",
    reasons.NO_PERMISSION: "Дайте ключу право на чтение или проверьте, не ограничен ли счёт.",
    reasons.KEY_CAN_TRADE: "Создайте ключ только для чтения, впишите его в .env, затем /restart.",
    reasons.IP_NOT_ALLOWED: "Добавьте адрес этой машины к ключу, и IPv6-адрес тоже, если он есть.",
    reasons.WRONG_REGION: "Площадка не обслуживает этот адрес или счёт. О региональных адресах — в docs/keys.",
    reasons.BAD_ANSWER: "Пока ничего. Если не пройдёт, нужно исправить программу: код — в её журнале.",
    reasons.STATEMENT_NOT_READY: "Бот спросит ещё раз сам. Если не пройдёт, возможно, счёт из запроса закрыт или пуст.",
    reasons.QUERY_INVALID: "Проверьте номер и настройки запроса.",
    reasons.NAV_SECTION_MISSING: "Отметьте в запросе раздел Net Asset Value (NAV) in Base.",
    reasons.NO_USD_RATE: "Поставьте в запросе Include Currency Rates? — Yes.",
    TIME_SKEW: "Настройте часы этой машины: timedatectl set-ntp true",
}
_GERMAN = {
    reasons.TIMEOUT: "Nichts zu tun: Beim nächsten Mal wird wieder gefragt.",
    reasons.NOT_RUNNING: "Erst /health ansehen, dann /restart. Der Grund steht im Log des Programms.",
    reasons.UNREACHABLE: "Vorerst nichts. Wenn es bleibt: Netzwerk und DNS dieses Rechners prüfen.",
    reasons.TLS_ERROR: "ca-certificates installieren und die Uhr dieses Rechners prüfen.",
    reasons.RATE_LIMITED: "Nichts zu tun, der Bot wartet. Wenn es bleibt, nutzt noch jemand diesen Schlüssel.",
    reasons.MAINTENANCE: "Nichts zu tun: Die Plattform wird gerade gewartet.",
    reasons.BAD_KEY: "Schlüssel in .env prüfen oder einen neuen anlegen. Dann /restart.",
    reasons.KEY_EXPIRED: "Neuen Schlüssel anlegen, in .env eintragen, dann /restart.",
    reasons.NO_PERMISSION: "Dem Schlüssel das Leserecht geben oder prüfen, ob das Konto eingeschränkt ist.",
    reasons.KEY_CAN_TRADE: "Schlüssel anlegen, der nur lesen kann, in .env eintragen, dann /restart.",
    reasons.IP_NOT_ALLOWED: "Adresse dieses Rechners beim Schlüssel eintragen, falls vorhanden auch die IPv6.",
    reasons.WRONG_REGION: "Adresse oder Konto wird hier nicht bedient. Regionale Adressen: docs/keys.",
    reasons.BAD_ANSWER: "Vorerst nichts. Wenn es bleibt, ist das Programm zu korrigieren: Code im Log.",
    reasons.STATEMENT_NOT_READY: "Der Bot fragt selbst noch einmal. Wenn es bleibt, ist wohl ein Konto der Query zu.",
    reasons.QUERY_INVALID: "Nummer und Einstellungen der Query prüfen.",
    reasons.NAV_SECTION_MISSING: "In der Query den Abschnitt Net Asset Value (NAV) in Base ankreuzen.",
    reasons.NO_USD_RATE: "In der Query Include Currency Rates? auf Yes stellen.",
    TIME_SKEW: "Uhr dieses Rechners stellen: timedatectl set-ntp true",
}
CURES: dict[Language, dict[str, str]] = {"en": _ENGLISH, "ru": _RUSSIAN, "de": _GERMAN}


def cure(reason: str, *, source: str, language: Language) -> str:
    """Say what to do about a reason.

    Args:
        reason: From the list of `bus.reasons`.
        source: The platform's name, or `fx`.
        language: Of the chat.

    Returns:
        One or two short sentences; empty for a reason that is not on the list.
    """
    known = TIME_SKEW if reason.startswith(f"{TIME_SKEW} ") else reason
    own = of_platforms().get(source, Words()).cures.get(known)
    if own is None:
        return CURES[language].get(known, "")
    return own.said(language)
