"""What is typed behind `/alert new`, `/schedule new` and `/screen new`, forgivingly read; pure.

What is not understood is None, and never guessed: a comma in a number may be a point or nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ledger.trading.enumerations import AlertType
from ledger.trading.watching.schedules import Action
from ledger.trading.words import LONGEST_NAME

QUOTES: Final = "\"'“”„«»‟‘’"
CRON_FIELDS: Final = 5
_NUMBER = re.compile(r"[$€]?(\d{1,20}(?:\.\d{1,18})?)\s*[%$€]?")
_NEGATIVE = re.compile(r"[-−–]?\d{1,20}(?:\.\d{1,18})?%?")
_COMPARED = re.compile(r"\s*(>=|<=|=>|=<|>|<|≥|≤)\s*")
_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys((">", ">=", "=>", "≥", "above", "over"), "above"),
    **dict.fromkeys(("<", "<=", "=<", "≤", "below", "under"), "below"),
}
_SIGNS: Final = {"above": ">", "below": "<"}
_PERCENTS: Final = {"gain": "gain_percent", "profit": "gain_percent", "loss": "loss_percent", "lose": "loss_percent"}
_ACTIONS: Final[Mapping[str, Action]] = {
    **{name: name for name in ("report", "pause", "resume", "screen")},
    **dict.fromkeys(("text", "alert", "tell", "say"), "alert"),
}
_PERIODS, _FORMS = ("day", "week", "month"), ("text", "csv", "pdf")
ALL: Final = "all"


class AlertTyped(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it was typed.

    Attributes:
        symbol: As it was typed; None where none is meant.
        said: What stands behind the symbol in the alert's name.
    """

    type: AlertType
    config: Mapping[str, object]
    said: str
    symbol: str | None = None


class ScheduleTyped(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it was typed.

    Attributes:
        cron: Not looked at yet.
        params: Of its action; of `screen` the screener's name.
        is_for_all: Whether all portfolios are meant.
    """

    cron: str
    action: Action
    params: Mapping[str, str]
    name: str
    is_for_all: bool = False


class ScreenerTyped(msgspec.Struct, frozen=True, kw_only=True):
    """A screener as it was typed."""

    name: str
    config: Mapping[str, object]


def read_alert(text: str) -> AlertTyped | None:
    """Return the alert that was typed.

    Args:
        text: What stands behind `new`.

    Returns:
        None where it is not understood.
    """
    kind, _, rest = text.strip().partition(" ")
    match kind.lower():
        case "price":
            return _price(rest)
        case "position":
            return _position(rest)
        case "risk" | "limit":
            return _risk(rest)
        case "schedule" | "time":
            return _scheduled(rest)
        case "indicator":
            name = rest.strip().strip(QUOTES).strip()
            return AlertTyped(type="INDICATOR", config={"indicator": name}, said=name) if name else None
        case _:
            return _price(text)


def read_schedule(text: str) -> ScheduleTyped | None:
    """Return the schedule that was typed; as `read_alert`.

    Args:
        text: What stands behind `new`.
    """
    cron, rest = split_cron(text)
    what, _, more = rest.partition(" ")
    action, words = _ACTIONS.get(what.lower()), more.split()
    if action == "alert":
        said = _bare(more)
        return ScheduleTyped(cron=cron, action=action, params={"text": said}, name=_short(said)) if said else None
    if action == "screen":
        return _named(cron, action, {"screener": _bare(more)}, words) if more.strip() else None
    if action == "report":
        return _report(cron, words)
    is_for_all = [word.lower() for word in words] == [ALL]
    if action is None or (words and not is_for_all):
        return None
    return msgspec.structs.replace(_named(cron, action, {}, words), is_for_all=is_for_all)


def read_screener(text: str) -> ScreenerTyped | None:
    """Return the screener that was typed: a name, and JSON or conditions one behind the other; as `read_alert`.

    Args:
        text: What stands behind `new`.

    Raises:
        ValueError: It is meant to be JSON and is none; the text says where.
    """
    name, _, rest = text.strip().partition(" ")
    brace = text.find("{")
    if brace >= 0:
        name = _bare(text[:brace])
        straight = re.sub(f"[{QUOTES[2:]}]", '"', text[brace:])
        config = json.loads(straight, parse_float=str)
        if not isinstance(config, dict):
            raise ValueError("it is no object")
        return ScreenerTyped(name=name, config=config) if name else None
    words = _COMPARED.sub(r" \1 ", rest).split()
    parts = [words[first : first + 3] for first in range(0, len(words), 3)]
    conditions = [_condition(part) for part in parts]
    if not name or not conditions or None in conditions:
        return None
    return ScreenerTyped(name=_bare(name), config={"conditions": conditions})


def split_cron(text: str) -> tuple[str, str]:
    """Return a time by cron, in quotes or as the first five words, and what stands behind it.

    Args:
        text: Both.
    """
    text = text.strip()
    if text and text[0] in QUOTES:
        end = next((place for place, sign in enumerate(text) if place and sign in QUOTES), len(text))
        return text[1:end].strip(), text[end + 1 :].strip()
    words = text.split()
    return " ".join(words[:CRON_FIELDS]), " ".join(words[CRON_FIELDS:])


def _price(text: str) -> AlertTyped | None:
    """Return an alert on a price: a symbol, and one or two bounds."""
    words = _COMPARED.sub(r" \1 ", text).split()
    symbol, bounds = "".join(words[:1]), words[1:]
    if not symbol or len(bounds) not in {2, 4}:
        return None
    config: dict[str, object] = {}
    for word, number in zip(bounds[::2], bounds[1::2], strict=True):
        side, value = _WORDS.get(word.lower()), _number(number)
        if side is None or value is None or side in config:
            return None
        config[side] = value
    said = " ".join(f"{_SIGNS[side]} {value}" for side, value in config.items())
    return AlertTyped(type="PRICE", config=config, symbol=symbol, said=said)


def _position(text: str) -> AlertTyped | None:
    """Return an alert on a position: a symbol or `all`, and a gain or a loss in percent."""
    words = text.replace("%", " ").split()
    if len(words) != 3:
        return None
    symbol, word, number = words
    field, value = _PERCENTS.get(word.lower()), _number(number.lstrip("-−"))
    if field is None or value is None:
        return None
    wanted = None if symbol.lower() == ALL else symbol
    said = f"{field.removesuffix('_percent')} {value} %"
    return AlertTyped(type="POSITION", config={field: value}, symbol=wanted, said=said)


def _risk(text: str) -> AlertTyped | None:
    """Return an alert on a limit, and how much of it is used; all of it where nothing is said."""
    words = text.replace("%", " ").split()
    value = _number(words[1]) if len(words) == 2 else "100"
    if len(words) not in {1, 2} or value is None:
        return None
    limit = words[0].lower()
    return AlertTyped(type="RISK", config={"limit": limit, "used_percent": value}, said=f"{limit} {value} %")


def _scheduled(text: str) -> AlertTyped | None:
    """Return an alert that comes at times: a cron, and a text."""
    cron, said = split_cron(text)
    said = _bare(said)
    return AlertTyped(type="SCHEDULE", config={"cron": cron, "text": said}, said=_short(said)) if said else None


def _report(cron: str, words: Sequence[str]) -> ScheduleTyped | None:
    """Return a schedule of a report: of a day as a text, unless another period or form is said."""
    params: dict[str, str] = {}
    for word in (each.lower() for each in words):
        field = "period" if word in _PERIODS else "form" if word in _FORMS else ""
        if not field or field in params:
            return None
        params[field] = word
    return _named(cron, "report", params, words)


def _named(cron: str, action: Action, params: Mapping[str, str], words: Sequence[str]) -> ScheduleTyped:
    """Return a schedule whose name is what it does and when."""
    return ScheduleTyped(cron=cron, action=action, params=params, name=_short(" ".join([action, *words, cron])))


def _condition(words: Sequence[str]) -> dict[str, str] | None:
    """Return a condition of three words."""
    if len(words) != 3 or words[1].lower() not in _WORDS or not _NEGATIVE.fullmatch(words[2]):
        return None
    value = re.sub("[−–]", "-", words[2]).rstrip("%")
    return {"figure": words[0].lower(), "compare": _WORDS[words[1].lower()], "value": value}


def _number(text: str) -> str | None:
    """Return a number above or at zero as it is kept, None where it is none."""
    found = _NUMBER.fullmatch(text)
    return None if found is None else found[1]


def _bare(text: str) -> str:
    """Return a text without spaces and quotes around it."""
    return text.strip().strip(QUOTES).strip()


def _short(name: str) -> str:
    """Return a text as a name can be."""
    return " ".join(name.split())[:LONGEST_NAME].strip()
