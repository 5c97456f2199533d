"""`/mode` and `/strategy`: what becomes of a strategy's signals, and the address that its alerts are sent to."""

from sqlalchemy import Connection

from bus.chats import bare
from bus.log import logger
from ledger.trading.enumerations import Mode
from ledger.trading.people import users
from ledger.trading.people.strategies import (
    NewStrategy,
    create_strategy,
    find_strategy,
    list_strategies,
    set_mode,
    switch_off,
)
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import rotate_token
from ledger.trading.principal import Principal, must_trade
from ledger.trading.words import one_of
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.limit_commands import trades_for

WITH_NAME = ("new", "url", "rotate", "off")
ALL = "all"
"""In place of a strategy's name: all that trade for the portfolio in use; a strategy of that name comes first."""
MARKET = "market"
MARKETS = ("spot", "futures")
"""What symbols of a strategy mean, where its venue has both."""

log = logger(__name__)


class StrategyCommands:
    """Who answers `/mode` and `/strategy`."""

    def __init__(self, desk: Desk) -> None:
        """Read and change strategies.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk
        self._replies = desk.replies

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"mode": self._desk.told(self.mode), "strategy": self._desk.told(self.strategy)}

    async def mode(self, asked: Interaction) -> None:
        """Say in which mode strategies are, or set one's, or that of all; without a name it is the only one."""
        if not asked.arguments:
            await self._replies.say(asked.chat_id, self._modes(asked))
            return
        *name, mode = asked.arguments
        wanted: Mode = mode.lower()  # type: ignore[assignment]  # looked at in the next line
        one_of("a mode", wanted, Mode)
        with self._desk.books.writing(asked.user_id) as (principal, work):
            meant = _meant(principal, work.connection, " ".join(name))
            done = [set_mode(principal, work, each.uid, wanted) for each in meant]
        if not done:
            await self._replies.say(asked.chat_id, f"{self._desk.words.mode_usage}\n\n{self._modes(asked)}")
            return
        for each in done:
            log.info("mode changed", strategy=each.uid, mode=wanted)
            self._desk.wake(each.uid)
        text = self._desk.words.mode_set.format(name=escaped(", ".join(each.name for each in done)), mode=wanted)
        await self._replies.say(asked.chat_id, text)

    async def strategy(self, asked: Interaction) -> None:
        """List strategies, make one, give one another address, or switch one off."""
        what, *rest = asked.arguments or ("list",)
        what, name = what.lower(), " ".join(rest)
        if what == "list" and not rest:
            await self._replies.say(asked.chat_id, self._list(asked))
        elif what not in WITH_NAME or not name:
            await self._replies.say(asked.chat_id, self._desk.words.strategy_usage)
        elif what in {"new", "rotate"} and bare(asked.chat_id) != str(asked.user_id):
            await self._replies.say(asked.chat_id, self._desk.words.only_in_private)
        else:
            done = {"new": self._new, "url": self._url, "rotate": self._rotate, "off": self._off}[what]
            await self._replies.say(asked.chat_id, done(asked, name))

    def _new(self, asked: Interaction, name: str) -> str:
        """Make a strategy for the portfolio in use, off, with an address; return what to say."""
        called, params = _with_market(name)
        if not called or params.get(MARKET, MARKETS[0]) not in MARKETS:
            return self._desk.words.strategy_usage
        with self._desk.books.writing(asked.user_id) as (principal, work):
            must_trade(principal)
            portfolio = place(principal, work.connection).uid
            made = create_strategy(principal, work, NewStrategy(name=called, params=params, portfolio=portfolio))
            secret = rotate_token(principal, work, made.uid)
        self._desk.wake(made.uid)
        told = self._desk.words.strategy_new.format(name=escaped(made.name))
        return f"{told}\n{self._desk.words.strategy_secret.format(secret=secret)}"

    def _url(self, asked: Interaction, name: str) -> str:
        """Say whether a strategy has an address; the address itself nobody can read again."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            found = find_strategy(principal, connection, name)
        text = self._desk.words.strategy_url if found.has_token else self._desk.words.strategy_url_none
        return text.format(name=escaped(found.name))

    def _rotate(self, asked: Interaction, name: str) -> str:
        """Give a strategy another address; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            found = find_strategy(principal, work.connection, name)
            secret = rotate_token(principal, work, found.uid)
        log.info("webhook secret changed", strategy=found.uid)
        self._desk.wake(found.uid)
        return self._desk.words.strategy_secret.format(secret=secret)

    def _off(self, asked: Interaction, name: str) -> str:
        """Switch a strategy off; return what to say."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            done = switch_off(principal, work, find_strategy(principal, work.connection, name).uid)
        self._desk.wake(done.uid)
        return self._desk.words.strategy_off.format(name=escaped(done.name))

    def _list(self, asked: Interaction) -> str:
        """Return the asker's strategies, a line each."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = _own(principal, connection)
        lines = [
            self._desk.words.strategy_line.format(
                name=escaped(each.name), mode=each.mode, version=each.version, address="🔑" if each.has_token else "–"
            )
            + (f"\n  {MARKET}={escaped(str(each.params[MARKET]))}" if MARKET in each.params else "")
            for each in mine
        ]
        return "\n".join([self._desk.words.strategies, *lines]) if lines else self._desk.words.no_strategies

    def _modes(self, asked: Interaction) -> str:
        """Return the modes of the asker's strategies."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = _own(principal, connection)
        lines = [self._desk.words.mode_now.format(name=escaped(each.name), mode=each.mode) for each in mine]
        return "\n".join(lines) or self._desk.words.no_strategies


def _own(principal: Principal, connection: Connection) -> tuple[Strategy, ...]:
    """Return the asker's own strategies in force, of an admin too."""
    return list_strategies(principal, connection, user=users.get(principal, connection).uid)


def _meant(principal: Principal, connection: Connection, name: str) -> tuple[Strategy, ...]:
    """Return the strategies that are meant; without a name the only one, none where there are several.

    Raises:
        NotFound: The asker has none of this name.
    """
    mine = _own(principal, connection)
    if name.casefold() == ALL and all(each.name != name for each in mine):
        here = place(principal, connection)
        return tuple(each for each in mine if trades_for(each, here))
    if name:
        return (find_strategy(principal, connection, name),)
    return mine if len(mine) == 1 else ()


def _with_market(typed: str) -> tuple[str, dict[str, str]]:
    """Return a strategy's name, and its parameters with the market that stands behind it."""
    name, _, last = typed.rpartition(" ")
    key, _, value = last.partition("=")
    return (name.strip(), {MARKET: value.lower()}) if key.lower() == MARKET and "=" in last else (typed, {})
