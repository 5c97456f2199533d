"""What is raised in English, worded for the chat: alerts by their keys, and what is said within them.

A table of each language lies beside this file; a test sees to it that they fit to `bus.alert_texts`.
"""

from bus.alert_texts import ENGLISH
from bus.alerts import SIGN
from bus.language import Language
from bus.messages.delivery import Alert
from notifier.texts import alerts_german, alerts_russian
from notifier.texts.platforms import advice_in

ALERTS: dict[Language, dict[str, str]] = {
    "en": ENGLISH,
    "ru": alerts_russian.RUSSIAN,
    "de": alerts_german.GERMAN,
}
REASONS: dict[Language, dict[str, str]] = {
    "en": {},
    "ru": alerts_russian.REASONS,
    "de": alerts_german.REASONS,
}
"""What stands behind a colon for `reason`; others, with details in them, stay English."""
UNITS: dict[Language, tuple[str, str]] = {"en": ("h", "min"), "ru": ("ч", "мин"), "de": ("Std.", "Min.")}
"""Hours and minutes of a `span`."""


def text_of(alert: Alert, language: Language) -> str:
    """Word an alert.

    Args:
        alert: As it came.
        language: The chat's.

    Returns:
        The text for the chat; the English one as it came where its key is not known or its values are others: another
        version of the program raised it.
    """
    template = ALERTS[language].get(alert.key)
    if language == "en" or template is None:
        return alert.text
    try:
        return SIGN + template.format_map({name: _in(language, name, said) for name, said in alert.values.items()})
    except KeyError:
        return alert.text


def reason_of(reason: str, language: Language) -> str:
    """Word why the ledger cannot be used.

    Args:
        reason: The reason in English, as the ledger gives it.
        language: The chat's.

    Returns:
        The reason in the chat's language; one with details in it stays English.
    """
    return REASONS[language].get(reason, reason)


def _in(language: Language, name: str, value: str) -> str:
    """Return a value of a sentence in a language, if it is one of those that are words."""
    if name == "span":
        hours, minutes = UNITS[language]
        return value.replace(" h", f" {hours}").replace(" min", f" {minutes}")
    if name == "advice":
        return advice_in(language, value)
    return reason_of(value, language) if name == "reason" else value
