"""What to do about each reason that a source gives for having no number, and where it matters about whose it is.

The reasons are those of `bus.reasons`; a test sees to it that each has its cure in both languages. A cure is plain
text: whoever puts it on a page escapes it.
"""

from bus import reasons
from notifier.language import Language

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
    reasons.WRONG_REGION: "The platform does not serve this address or account. See the README about regional hosts.",
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
    reasons.WRONG_REGION: "Площадка не обслуживает этот адрес или счёт. О региональных адресах — в README.",
    reasons.BAD_ANSWER: "Пока ничего. Если не пройдёт, нужно исправить программу: код — в её журнале.",
    reasons.STATEMENT_NOT_READY: "Бот спросит ещё раз сам. Если не пройдёт, возможно, счёт из запроса закрыт или пуст.",
    reasons.QUERY_INVALID: "Проверьте номер и настройки запроса.",
    reasons.NAV_SECTION_MISSING: "Отметьте в запросе раздел Net Asset Value (NAV) in Base.",
    reasons.NO_USD_RATE: "Поставьте в запросе Include Currency Rates? — Yes.",
    TIME_SKEW: "Настройте часы этой машины: timedatectl set-ntp true",
}
_ENGLISH_OF = {
    ("tbank", reasons.TLS_ERROR): "Set TBANK_CA_FILE to the Russian root certificate, as the README says.",
    ("tbank", reasons.BAD_KEY): "Make a new read-only token, write it into TBANK_TOKEN, then /restart tbank.",
    ("tbank", reasons.KEY_EXPIRED): "Make a new read-only token, write it into TBANK_TOKEN, then /restart tbank.",
    ("tbank", reasons.KEY_CAN_TRADE): "Make a read-only token, write it into TBANK_TOKEN, then /restart tbank.",
    ("tbank", reasons.NO_PERMISSION): "Make the token for all accounts, or list those to add up in TBANK_ACCOUNT_ID.",
    ("bybit", reasons.BAD_KEY): "Check BYBIT_API_KEY and BYBIT_API_SECRET; on a regional site BYBIT_BASE_URL too.",
    ("bybit", reasons.KEY_EXPIRED): "Make a key bound to this machine's address: such a one does not expire.",
    ("bybit", reasons.KEY_CAN_TRADE): "Edit the key at Bybit: choose Read-Only.",
    ("bybit", reasons.IP_NOT_ALLOWED): "Add this machine's address to the key: Bybit, API Management.",
    ("bybit", reasons.WRONG_REGION): "Bybit does not serve this address or account. Set BYBIT_BASE_URL to your site.",
    ("okx", reasons.BAD_KEY): "Check OKX_API_KEY, OKX_API_SECRET and OKX_API_PASSPHRASE, and OKX_BASE_URL.",
    ("okx", reasons.KEY_CAN_TRADE): "Edit the key at OKX: leave Read alone.",
    ("okx", reasons.WRONG_REGION): "OKX does not serve this address or account. Set OKX_BASE_URL to your site.",
    ("ibkr", reasons.BAD_KEY): "Make a new token, write it into IBKR_FLEX_TOKEN, then /restart ibkr.",
    ("ibkr", reasons.KEY_EXPIRED): "Make a new token, write it into IBKR_FLEX_TOKEN, then /restart ibkr.",
    (
        "ibkr",
        reasons.NO_PERMISSION,
    ): "Switch the Flex Web Service on; for one account, see whether the query still has it.",
    ("ibkr", reasons.RATE_LIMITED): "Nothing to do, it waits by itself. If it stays, something else uses the token.",
    ("ibkr", reasons.QUERY_INVALID): "Check IBKR_FLEX_QUERY_ID and the query's format and dates: the log says which.",
    ("fx", reasons.RATE_LIMITED): "Nothing to do: the next source is asked.",
    ("fx", reasons.MAINTENANCE): "Nothing to do: the next source is asked.",
    ("fx", reasons.WRONG_REGION): "The source refuses this address. Choose another one: FX_PROVIDER.",
}
_RUSSIAN_OF = {
    ("tbank", reasons.TLS_ERROR): "Укажите в TBANK_CA_FILE российский корневой сертификат, как сказано в README.",
    ("tbank", reasons.BAD_KEY): "Создайте новый токен для чтения, впишите в TBANK_TOKEN, затем /restart tbank.",
    ("tbank", reasons.KEY_EXPIRED): "Создайте новый токен для чтения, впишите в TBANK_TOKEN, затем /restart tbank.",
    ("tbank", reasons.KEY_CAN_TRADE): "Создайте токен только для чтения, впишите в TBANK_TOKEN, затем /restart tbank.",
    ("tbank", reasons.NO_PERMISSION): "Сделайте токен для всех счетов или перечислите нужные в TBANK_ACCOUNT_ID.",
    ("bybit", reasons.BAD_KEY): "Проверьте BYBIT_API_KEY и BYBIT_API_SECRET, для регионального сайта и BYBIT_BASE_URL.",
    ("bybit", reasons.KEY_EXPIRED): "Создайте ключ с привязкой к адресу этой машины: такой не истекает.",
    ("bybit", reasons.KEY_CAN_TRADE): "Измените ключ на Bybit: выберите Read-Only.",
    ("bybit", reasons.IP_NOT_ALLOWED): "Добавьте адрес этой машины к ключу: Bybit, API Management.",
    ("bybit", reasons.WRONG_REGION): "Bybit не обслуживает этот адрес или счёт. Укажите свой сайт в BYBIT_BASE_URL.",
    ("okx", reasons.BAD_KEY): "Проверьте OKX_API_KEY, OKX_API_SECRET и OKX_API_PASSPHRASE, а также OKX_BASE_URL.",
    ("okx", reasons.KEY_CAN_TRADE): "Измените ключ на OKX: оставьте только Read.",
    ("okx", reasons.WRONG_REGION): "OKX не обслуживает этот адрес или счёт. Укажите свой сайт в OKX_BASE_URL.",
    ("ibkr", reasons.BAD_KEY): "Создайте новый токен, впишите в IBKR_FLEX_TOKEN, затем /restart ibkr.",
    ("ibkr", reasons.KEY_EXPIRED): "Создайте новый токен, впишите в IBKR_FLEX_TOKEN, затем /restart ibkr.",
    (
        "ibkr",
        reasons.NO_PERMISSION,
    ): "Включите Flex Web Service; для одного счёта — проверьте, есть ли он ещё в запросе.",
    ("ibkr", reasons.RATE_LIMITED): "Ничего не делать, бот подождёт. Если не пройдёт, токеном пользуется кто-то ещё.",
    ("ibkr", reasons.QUERY_INVALID): "Проверьте IBKR_FLEX_QUERY_ID, формат и даты запроса: что именно — в журнале.",
    ("fx", reasons.RATE_LIMITED): "Ничего не делать: спрашивается следующий источник.",
    ("fx", reasons.MAINTENANCE): "Ничего не делать: спрашивается следующий источник.",
    ("fx", reasons.WRONG_REGION): "Источник отказывает этому адресу. Выберите другой: FX_PROVIDER.",
}
CURES: dict[Language, dict[str, str]] = {"en": _ENGLISH, "ru": _RUSSIAN}
CURES_OF: dict[Language, dict[tuple[str, str], str]] = {"en": _ENGLISH_OF, "ru": _RUSSIAN_OF}


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
    return CURES_OF[language].get((source, known)) or CURES[language].get(known, "")
