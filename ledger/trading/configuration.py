"""Configurations that a person writes: one Struct says what there may be, and what is refused says what to write.

Amounts are text in JSON, and Decimals here.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

import msgspec

from ledger.canonical_json import NotCanonical, canonical
from ledger.exact import InexactNumber, exact
from ledger.trading.errors import Invalid
from ledger.trading.words import nearest

LONGEST = 4000

Config = TypeVar("Config", bound=msgspec.Struct)


def checked(kind: type[Config], config: Mapping[str, object], *, what: str) -> Config:
    """Read a configuration.

    Args:
        kind: What there may be; what the Struct itself refuses with a ValueError is refused here.
        config: By name; amounts as text.
        what: How it is called in the text of an error, such as `limits`.

    Returns:
        The configuration, its numbers as `exact` writes them.

    Raises:
        Invalid: A name in it is unknown, a value cannot be, or it is too long.
    """
    try:
        text = canonical(dict(config))
    except NotCanonical as error:
        raise Invalid.of("no_text", what=what, error=error) from None
    if len(text) > LONGEST:
        raise Invalid.of("too_many_signs", what=what, count=len(text), most=LONGEST)
    known = kind.__struct_fields__
    for name in config:
        if name not in known:
            raise Invalid.of("no_such_field", what=what, name=name, nearest=nearest(name, known))
    try:
        return _exact(msgspec.convert(json.loads(text), kind))
    except msgspec.ValidationError as error:
        raise Invalid.of("bad_field", what=what, error=str(error).replace(" - at `$.", " in `")) from None
    except InexactNumber as error:
        raise Invalid.of("bad_field", what=what, error=error) from None


def written(config: msgspec.Struct) -> dict[str, object]:
    """Return a configuration as a column keeps it, without what is not set.

    Args:
        config: It.
    """
    found: dict[str, object] = msgspec.to_builtins(config, builtin_types=(Decimal,))
    return found


def _exact(config: Config) -> Config:
    """Return a configuration with its numbers, those of its parts too, in the one way; raises InexactNumber."""
    changed: dict[str, object] = {}
    for name in config.__struct_fields__:
        value = getattr(config, name)
        if isinstance(value, Decimal):
            changed[name] = exact(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            changed[name] = tuple(_exact(part) for part in value)
    return msgspec.structs.replace(config, **changed)
