"""What an alert says: bytes in, an alert that can be kept out, or what is wrong with it and what to write instead.

Its secret is found even where the alert is wrong, and is never part of what is kept: neither in its own field nor in
any other. What nobody here understands is kept as it came, its numbers as text.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

import msgspec

from ledger.inbox.document import Document, Wrong, document, texts_in
from ledger.inbox.fields import BY_NAME, REQUIRED, text_of

SHORT: Final = 3
ALIKE: Final = 0.85
"""Of names: how long they are before they can be misspelt, and how alike, of 1, a misspelt one is to what was meant."""
_NAME_OF_A_SECRET = re.compile(r"secret|token|pass(word|phrase)", re.IGNORECASE)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert that can be kept.

    Attributes:
        body: All that it said but secrets; what is known by its first name, numbers and moments as plain text.
        action: What it asks for.
        symbol: As it writes it.
        external_id: Its own id; None where it has none.
        quantity: How much; None where it does not say.
        position_size: The position that it expects afterwards; None where it does not say.
    """

    body: Mapping[str, object]
    action: str
    symbol: str
    external_id: str | None
    quantity: Decimal | None
    position_size: Decimal | None


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with an alert.

    Attributes:
        code: In one word.
        field: The field that it is about, empty where it is none that is known, or the alert as a whole.
        cure: What to write instead.
    """

    code: str
    field: str
    cure: str


class Reading(msgspec.Struct, frozen=True):
    """What was read.

    Attributes:
        secret: What stands in the alert's `secret`; None where there is none, or no text.
        content: The alert, or what is wrong with it.
    """

    secret: str | None
    content: Alert | Fault


def read_alert(raw: bytes, *, now: datetime, max_age_s: int, secret: str | None = None) -> Reading:
    """Read an alert.

    Args:
        raw: The body as it came, whatever its content type says.
        now: The present moment, aware UTC.
        max_age_s: By how many seconds an alert's time may be off.
        secret: One that came beside the body, and must not stand in it.

    Returns:
        The alert, or what is wrong with it; its secret in either case.
    """
    own: str | None = None
    try:
        found = document(raw)
        if isinstance(written := found.fields.get("secret"), str) and written:
            own = written
        _refuse_twice(found)
        fields = {name: value for name, value in found.fields.items() if not _NAME_OF_A_SECRET.search(name)}
        _refuse_texts(fields, [each for each in (own, secret) if each])
        return Reading(own, _alert(fields, now=now, longest=timedelta(seconds=max_age_s)))
    except Wrong as wrong:
        return Reading(own, Fault(wrong.code, wrong.field, wrong.cure))


def _refuse_twice(found: Document) -> None:
    """Raise Wrong where a name stands twice in one object, or a field has two names at once."""
    if found.repeated:
        known = sorted(name for name in found.repeated if name in BY_NAME)
        raise Wrong(known[0] if known else "", "a name stands there twice; keep one")
    for field in {BY_NAME[name].names for name in found.fields if name in BY_NAME}:
        if len([name for name in field if name in found.fields]) > 1:
            raise Wrong(field[0], f"{' and '.join(field)} are one field; keep one")


def _refuse_texts(fields: Mapping[str, object], secrets: list[str]) -> None:
    """Raise Wrong where a secret stands in the alert once more, or a text is none that can be kept."""
    for text in texts_in(fields):
        if any(secret in text for secret in secrets):
            raise Wrong("", 'the secret stands in a second place; write it as "secret" alone')
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise Wrong("", "a text holds a sign that is none; write plain text")


def _alert(fields: Mapping[str, object], *, now: datetime, longest: timedelta) -> Alert:
    """Make an alert of its fields; raises Wrong."""
    known = {}
    for name, value in fields.items():
        if name in BY_NAME and value is not None:
            field = BY_NAME[name]
            known[field.names[0]] = field.read(name, text_of(name, value))
    _refuse_misspelt(fields)
    for name in REQUIRED:
        if name not in known:
            raise Wrong(name, f"it is missing; write {BY_NAME[name].about}")
    if "timestamp" in known:
        _refuse_time(datetime.fromisoformat(known["timestamp"]), now=now, longest=longest)
    return Alert(
        body={name: value for name, value in fields.items() if name not in BY_NAME} | known,
        action=known["action"],
        symbol=known["symbol"],
        external_id=known.get("id"),
        quantity=_decimal(known.get("quantity")),
        position_size=_decimal(known.get("position_size")),
    )


def _refuse_misspelt(fields: Mapping[str, object]) -> None:
    """Raise Wrong where a name is almost that of a field: what it was to say, such as a stop, would be missing."""
    for name in fields:
        plain = name.lower().replace("-", "_").replace(" ", "_")
        meant = [plain] if plain in BY_NAME else get_close_matches(plain, BY_NAME, n=1, cutoff=ALIKE)
        if name not in BY_NAME and meant and len(name) > SHORT:
            raise Wrong(meant[0], "a name is almost this one: write it exactly, or another one if it is another thing")


def _refuse_time(at: datetime, *, now: datetime, longest: timedelta) -> None:
    """Raise Wrong where an alert is too old or comes from the future."""
    if now - at > longest:
        cure = "the alert is too old; write {{timenow}}, which is when it fires, and not {{time}}, which is its bar's"
        raise Wrong("timestamp", cure, code="TOO_OLD")
    if at - now > longest:
        raise Wrong("timestamp", "it lies ahead; write {{timenow}}, and look at this machine's clock", code="TOO_NEW")


def _decimal(text: str | None) -> Decimal | None:
    """Return a number's text as one, None where there is none."""
    return None if text is None else Decimal(text)
