"""How a venue is, in a few lines: connected or not, since when, why, and what to do; pure."""

from datetime import datetime, tzinfo

from bus.broker_names import code_of, name_of
from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.trading.venue_words import PROGRAM, state_told
from notifier.texts.trading_status import WORDS
from notifier.trading.account_marks import tries
from notifier.trading.desk import escaped


def shown(program: str) -> str:
    """Return how the venue of a program is called, with the name of the further account that it serves.

    Args:
        program: Such as `broker-paper`.
    """
    code, name = code_of(program), name_of(program)
    return f"{code} {name}" if name else code


def venue_lines(health: BrokerHealth, language: Language, zone: tzinfo) -> list[str]:
    """Return how a venue is, in Telegram's HTML.

    Args:
        health: As execution says.
        language: The reader's.
        zone: The reader's.
    """
    words = WORDS[language]
    name = escaped(shown(health.name))
    told = words.states[health.state] if health.state in words.states else escaped(health.state)
    lines = [f"{name}: {told}"]
    lines += [] if health.since is None else [f"  {words.since.format(at=_time(health.since, zone))}"]
    lines += [f"  {each}" for each in trouble(health, language)]
    return [*lines, f"  {words.breaker}"] if health.breaker_open else lines


def trouble(health: BrokerHealth, language: Language) -> list[str]:
    """Return why a venue is not as it should be, what to do about it, and how often it was tried; nothing where all is.

    Args:
        health: As execution says.
        language: The reader's.
    """
    is_program = health.state == "silent"
    if not (is_program or health.code or health.reason):
        return []
    code = PROGRAM if is_program else health.code
    lines = [escaped(state_told(code, language, program=health.name, reason=health.reason))]
    return [*lines, *tries(health, language)]


def _time(at: datetime, zone: tzinfo) -> str:
    """Return a moment with its day."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
