"""What a walk over the whole chat needs: everything that one user has, and every way to name it in a command."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, select

from ledger.portfolio.tables import outbox
from ledger.schema import metadata
from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import signals, venue_positions
from ledger.trading.tables.people import users
from notifier.commands.table import Command
from tests.ledger.trading.belongings import belongings
from tests.ledger.trading.world import ALICE, rows
from tests.notifier.trading.stage import Stage

SYMBOL, SHORT_SYMBOL = "ALICOIN1-USDT", "ALICOIN"
BRAND = "alices-"
"""Begins each name that she gives to something."""
SHORT = 8
"""Digits of an id that pages show."""
USUAL: Mapping[str, tuple[str, ...]] = {
    "AMOUNT": ("1",),
    "BROKER": ("PAPER",),
    "COUNT": ("1",),
    "CRON": ("0 9 * * *",),
    "CURRENCY": ("USD",),
    "DAY": ("2026-11-27",),
    "DAYS": ("1",),
    "KIND": ("filled",),
    "LEVEL": ("off",),
    "LEVERAGE": ("2",),
    "LIMIT": ("1",),
    "MINUTES": ("1",),
    "MODE": ("off",),
    "N": ("1",),
    "NEW": ("another name",),
    "NUMBER": (str(ALICE),),
    "PERCENT": ("1",),
    "PERIOD": ("week",),
    "PRICE": ("1",),
    "QTY": ("1",),
    "QUANTITY": ("1",),
    "ROLE": ("viewer",),
    "STOP": ("1",),
    "TEXT": ("text",),
    "TIME": ("09:00",),
    "VALUE": ("1",),
    "WHEN": ("0 9 * * *",),
    "ZONE": ("UTC",),
}
"""What stands for the words in capital letters in `/help` that name nobody's things."""
SMALL = {"strategy": "NAME", "portfolio": "NAME", "signal": "ID", "order": "ID", "symbol": "SYMBOL", "name": "NAME"}
SMALL |= {"amount": "AMOUNT", "quantity": "QUANTITY", "number": "COUNT"}
"""Small words in `/help` that stand for what they name."""
_WORD = re.compile(r"\b[A-Z][A-Z_]*\b")


class Owned(msgspec.Struct, frozen=True):
    """All that Alice has.

    Attributes:
        names: What she calls a thing of hers, one for each table, and what she is called.
        uids: Of her things, by table.
        rows: Her rows, by table.
    """

    names: tuple[str, ...]
    uids: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, list[dict[str, Any]]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Return how the ids of her things begin, as pages show them."""
        return tuple(uid[:SHORT] for uids in self.uids.values() for uid in uids)

    @property
    def names_like(self) -> tuple[str, ...]:
        """Return what an answer that tells of her things would name."""
        return (*self.names, BRAND, SHORT_SYMBOL)

    @property
    def marks(self) -> tuple[str, ...]:
        """Return all by which something of hers is recognized."""
        return (*self.names_like, *self.ids, str(ALICE))


def let_alice_have_everything(stage: Stage) -> None:
    """Give Alice one of everything, under names that nothing else has."""
    _brand(stage.harness.ledger)
    belongings(stage.harness.ledger, stage.alice, ALICE)
    _brand(stage.harness.ledger)


def owned(ledger: Ledger) -> Owned:
    """Find whatever belongs to Alice: her row, and all that leads to it, over whatever tables there are."""
    ids: dict[Table, set[Any]] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for table in (users, *(each for each in metadata.sorted_tables if each is not users)):
        hers = [row for row in rows(ledger, table) if _is_hers(table, row, ids)]
        if hers:
            ids[table] = {row["id"] for row in hers if "id" in row}
            found[table.name] = hers
    uids = {name: tuple(row["uid"] for row in hers) for name, hers in found.items() if "uid" in hers[0]}
    names = {name: hers[-1]["name"] for name, hers in found.items() if "name" in hers[-1]}
    return Owned((*names.values(), f"user{ALICE}"), uids, found)


def _is_hers(table: Table, row: dict[str, Any], ids: Mapping[Table, set[Any]]) -> bool:
    """Tell whether a row is Alice's: it is she, a message to her, or it names something of hers."""
    if table is users:
        return bool(row["telegram_user_id"] == ALICE)
    if table is outbox:
        return bool(row["chat_id"] == str(ALICE))
    keys = [(column.name, key.column.table) for column in table.columns for key in column.foreign_keys]
    return any(row[name] in ids[other] for name, other in keys if other in ids and row[name] is not None)


def _brand(ledger: Ledger) -> None:
    """Give all that Alice has names and symbols that nothing else has."""
    hers = owned(ledger).rows
    with ledger.writing() as connection:
        for name, found in hers.items():
            table = metadata.tables[name]
            for row in found if "name" in table.columns else ():
                new = {"name": f"{BRAND}{name}-{row['id']}"}
                connection.execute(table.update().where(table.c.id == row["id"]).values(new))
        for number in connection.execute(select(signals.c.id)).scalars().all():
            connection.execute(signals.update().where(signals.c.id == number).values(uid=audit.new_uid()))
        connection.execute(signals.update().values(symbol=SHORT_SYMBOL))
        connection.execute(venue_positions.update().values(symbol=SHORT_SYMBOL))
        for number in connection.execute(select(instruments.c.id)).scalars().all():
            named = {"symbol": f"{SHORT_SYMBOL}{number}-USDT"}
            connection.execute(instruments.update().where(instruments.c.id == number).values(named))


def texts(command: Command, hers: Owned) -> Iterator[str]:
    """Yield a command alone, and with what `/help` says of it, in which all that Alice has is named.

    Raises:
        AssertionError: A word stands there of which nobody has said what it means.
    """
    yield f"/{command.name}"
    for form in forms(command.arguments):
        written = " ".join(SMALL.get(word, word) for word in form.split())
        words = dict.fromkeys(_WORD.findall(written))
        meant = [_meaning(word, hers, command) for word in words]
        for number in range(max(map(len, meant), default=1)):
            said = dict(zip(words, (each[number % len(each)] for each in meant), strict=True))
            yield f"/{command.name} {_filled(written, said)}"


def _filled(form: str, said: Mapping[str, str]) -> str:
    """Return a form with what is said in place of its words in capital letters."""
    return _WORD.sub(lambda word: said[word[0]], form)


def forms(usage: str) -> tuple[str, ...]:
    """Return all ways to write what stands behind a command: `[a|b C] d|e` is `a d`, `b C d`, `d`, `a e` and so on."""
    found = [""]
    for item in _split(usage, " "):
        choices = ["", *(form for each in _split(item[1:-1], "|") for form in forms(each))]
        behind = choices if item.startswith("[") else _split(item, "|")
        found = [f"{before} {each}".strip() for before in found for each in behind]
    return tuple(dict.fromkeys(each for each in found if each))


def _split(text: str, sign: str) -> Sequence[str]:
    """Split a text at a sign that stands in no brackets."""
    parts, depth = [""], 0
    for each in text:
        depth += {"[": 1, "]": -1}.get(each, 0)
        if each == sign and not depth:
            parts.append("")
        else:
            parts[-1] += each
    return [part for part in parts if part]


def _meaning(word: str, hers: Owned, command: Command) -> tuple[str, ...]:
    """Return what stands for a word in capital letters."""
    uids = tuple(uid for found in hers.uids.values() for uid in (found[0], found[-1][:SHORT]))
    named = dict.fromkeys(("NAME", "OLD", "ACCOUNT", "STRATEGY", "PORTFOLIO"), hers.names)
    named |= {"ID": uids, "SIGNAL": uids, "ORDER": uids, "SYMBOL": (SYMBOL, SHORT_SYMBOL)}
    meaning = named.get(word) or USUAL.get(word)
    assert meaning, f"/{command.name} takes {word}: say in {__name__} what stands for it"
    return tuple(dict.fromkeys(meaning))
