"""Settings: variables in, one typed Struct out, or an error that names the variable and the cure.

A process declares its variables as a Struct in its own file: a field `poll_interval_minutes` reads
POLL_INTERVAL_MINUTES. The description in `Annotated[..., Meta(description=)]` is printed into `.env.example` and
docs/settings.md; a second name of the same variable stands in `Meta(extra={"alias": "..."})`. Values are never repeated
in an error: they may be secrets.
"""

import os
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Annotated, TypeVar

import msgspec

from bus import log
from bus.messages.rounds import Platform
from bus.refused_values import why_not

HANDED_OVER = "HANDED_OVER"
"""The variable with the number of the descriptor from which a program reads what the launcher tells it."""

WRONG_SETTINGS, NOT_CONFIGURED = 2, 3
"""Exit codes; supervisord leaves a program that is not configured alone and starts everything else again."""

Settings = TypeVar("Settings", bound=msgspec.Struct)

BaseUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(https://[A-Za-z0-9.-]+(:\d+)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)"
        r"(/[A-Za-z0-9._~/-]*)?\Z",
    ),
]
"""An outside service's address: https anywhere, plain http on this machine only; no query, no trailing parts."""


class SettingsError(ValueError):
    """One or more variables are wrong; its text has a line for each, with what to write."""


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """One variable as a Settings Struct declares it."""

    name: str
    alias: str
    field: str
    description: str
    required: bool
    default: str
    type: object
    secret: bool
    extra: Mapping[str, object] = {}


class NotConfigured(Exception):
    """None of the variables that this platform needs is set: its owner does not use it."""

    def __init__(self, missing: Iterable[Variable]) -> None:
        """Keep a line for each variable, with what to write.

        Args:
            missing: The variables that the platform needs.
        """
        variables = tuple(missing)
        super().__init__(", ".join(variable.name for variable in variables))
        self.missing = tuple(_missing(variable) for variable in variables)


class Secret:
    """A value that prints as `***` and cannot be put on the bus; `reveal()` stands where it leaves for its platform."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value out of sight.

        Args:
            value: The secret itself.
        """
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        """Return `***`, whatever the value is."""
        return "***"

    __str__ = __repr__


def variables(settings: type[msgspec.Struct]) -> tuple[Variable, ...]:
    """Return what a Settings Struct declares: a Variable for each field, in its order."""
    hints = msgspec.inspect.type_info(settings)
    if not isinstance(hints, msgspec.inspect.StructType):
        raise TypeError(f"{settings!r} is not a Struct")
    declared = []
    for field, annotation in zip(hints.fields, _annotations(settings), strict=True):
        meta, inner = _meta(annotation)
        declared.append(
            Variable(
                name=field.name.upper(),
                alias=str((meta.extra or {}).get("alias", "")) if meta else "",
                field=field.name,
                description=(meta.description or "") if meta else "",
                required=field.required,
                default="" if field.required else _plain(field.default),
                type=annotation,
                secret="Secret" in str(inner),
                extra=(meta.extra or {}) if meta else {},
            )
        )
    return tuple(declared)


def read(settings: type[Settings], environment: Mapping[str, str]) -> Settings:
    """Read a process's settings.

    Args:
        environment: Variables by name; an empty value counts as not set.

    Returns:
        The Struct, every field typed and in bounds.

    Raises:
        NotConfigured: The Struct has required variables and none of them is set.
        SettingsError: A variable is missing, mistyped or out of bounds, or two contradict each other.
    """
    values: dict[str, object] = {}
    faults: list[str] = []
    missing: list[Variable] = []
    found_required = False
    for variable in variables(settings):
        text = _text(variable, environment, faults)
        if not text:
            if variable.required:
                missing.append(variable)
            continue
        found_required = found_required or variable.required
        try:
            if why := why_not(variable.name, text, extra=variable.extra):
                raise msgspec.ValidationError(why)
            values[variable.field] = msgspec.convert(text, variable.type, strict=False, dec_hook=_decode)
        except msgspec.ValidationError as error:
            faults.append(f"{variable.name} is {_cure(variable, error)}")
    if missing and not found_required and not faults:
        raise NotConfigured(missing)
    faults += [_missing(variable) for variable in missing]
    if not faults:
        try:
            return settings(**values)
        except ValueError as error:
            faults.append(str(error))
    raise SettingsError("\n".join(faults))


def take(settings: type[Settings], environment: MutableMapping[str, str]) -> Settings:
    """Read a process's settings: what the launcher hands over, and what the environment says besides.

    Its variables are removed from the environment, so that nothing later can repeat them.

    Returns:
        The Struct; raises as `read` does.
    """
    declared = variables(settings)
    values = {**environment, **_handed_over(environment)}
    log.mask(values.get(name, "") for v in declared if v.secret for name in (v.name, v.alias))
    try:
        return read(settings, values)
    finally:
        for variable in declared:
            environment.pop(variable.name, None)
            environment.pop(variable.alias or variable.name, None)


def hand_over(values: Mapping[str, str]) -> int:
    """Put values where only the program that this process becomes or starts finds them.

    A socket, and not a pipe or a file in memory: others cannot open it through `/proc/<pid>/fd`.

    Args:
        values: By variable name.

    Returns:
        The descriptor, inheritable; its number goes into the variable HANDED_OVER.

    Raises:
        SettingsError: They do not fit into the socket.
    """
    import socket  # not needed by who only reads

    content = msgspec.json.encode(values)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        if ours.send(content) < len(content):
            raise SettingsError(f"the settings are too long: {len(content)} bytes")
        theirs.set_inheritable(True)
        return theirs.detach()


def take_platforms(environment: MutableMapping[str, str]) -> tuple[Platform, ...]:
    """Read and remove the list of platforms in use, which the launcher puts there without any keys.

    Returns:
        The platforms, in the order of the message.
    """
    return msgspec.json.decode(environment.pop("PLATFORMS", "[]"), type=tuple[Platform, ...])


def reject_unknown(names: Iterable[str], declared: Iterable[Variable]) -> None:
    """Refuse variables that nobody declares: most are misspelled.

    Args:
        names: The names that stand in the file.
        declared: All variables of all processes.

    Raises:
        SettingsError: A line for each unknown name, with the nearest known one.
    """
    import difflib  # only the launcher gets here; the processes are spared the import

    known = {name for variable in declared for name in (variable.name, variable.alias) if name}
    faults = []
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.6)
            cure = f"did you mean {near[0]}?" if near else "remove the line"
            shown = name if near or re.fullmatch("[A-Z_]{1,40}", name) else f"{name[:2]}…"  # it may be a pasted key
            faults.append(f"{shown} is not a variable of this program; {cure}")
    if faults:
        raise SettingsError("\n".join(faults))


def _handed_over(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Read what the launcher left in a socket; it can be read once."""
    number = environment.pop(HANDED_OVER, "")
    if not number:
        return {}
    with os.fdopen(int(number), "rb") as stream:
        return msgspec.json.decode(stream.read(), type=dict[str, str])


def _missing(variable: Variable) -> str:
    """Return the line that says which variable is missing and what to write."""
    return f"{variable.name} is missing; write {variable.description}"


def _annotations(settings: type[msgspec.Struct]) -> list[object]:
    """Return the types of a Struct's fields, with their Meta, in the fields' order."""
    from typing import get_type_hints

    hints = get_type_hints(settings, include_extras=True)
    return [hints[name] for name in settings.__struct_fields__]


def _meta(annotation: object) -> tuple[msgspec.Meta | None, object]:
    """Return the Meta that describes a field (a named type may bring another one with its bounds) and the bare type."""
    metas = [extra for extra in getattr(annotation, "__metadata__", ()) if isinstance(extra, msgspec.Meta)]
    described = next((meta for meta in metas if meta.description), None)
    return described, getattr(annotation, "__origin__", annotation)


def _plain(default: object) -> str:
    """Return a default as `.env` writes it, empty for None."""
    if default is None:
        return ""
    if isinstance(default, Secret):  # what stands in the program's own text is none
        return default.reveal()
    return str(default).lower() if isinstance(default, bool) else str(default)


def _text(variable: Variable, environment: Mapping[str, str], faults: list[str]) -> str:
    """Return a variable's text by either of its names; two different values are noted as a fault."""
    text = environment.get(variable.name, "").strip()
    other = environment.get(variable.alias, "").strip() if variable.alias else ""
    if text and other and text != other:
        faults.append(f"{variable.name} and {variable.alias} are the same setting with two values; keep one")
    return text or other


def _decode(kind: type, value: object) -> object:
    """Return a value of a type that msgspec does not know: a Secret, or one with `from_text`."""
    if kind is Secret and isinstance(value, str):
        return Secret(value)
    if hasattr(kind, "from_text") and isinstance(value, str):
        return kind.from_text(value)
    raise NotImplementedError(kind)


def _cure(variable: Variable, error: msgspec.ValidationError) -> str:
    """Say what to write instead, without repeating the value, which may be a secret."""
    own = str(error).split(" - at ", maxsplit=1)[0]
    because = "" if own.startswith(("Expected", "Invalid")) else f" {own};"
    example = f", for example {variable.name}={variable.default}" if variable.default else ""
    return f"not valid;{because} write {variable.description}{example}"
