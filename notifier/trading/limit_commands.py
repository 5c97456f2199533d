"""`/set_…`: one limit of the portfolio in use, or the budget of a strategy; alone each shows what it is.

What lets more be opened is asked about once, with a button; what lets less be opened is done at once.
"""

from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.people import users
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategies import find_strategy, list_strategies
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import Principal
from ledger.trading.risk.limit_setting import LimitValue, limits_at_first, own_policy, set_limit
from ledger.trading.risk.limits import BUY_AMOUNT, loosens
from ledger.trading.risk.policies import limits_for
from ledger.trading.work import Work
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.confirming import PLACE_DIGITS, Confirmation, Does
from notifier.trading.desk import Desk, place
from notifier.trading.limit_texts import LimitTexts, Standing, Subject
from notifier.trading.limit_values import BUDGET, SETTERS, typed_again

STRATEGY_DIGITS = 6
"""Of a strategy's uid on a button: so few strategies that no two of a user's begin alike, or else nothing is done."""

log = logger(__name__)


class LimitCommands:
    """Who answers the commands that set a limit, and the button under the question whether to loosen one."""

    def __init__(self, desk: Desk) -> None:
        """Set limits.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk
        self._replies = desk.replies

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        own = dict.fromkeys(SETTERS, self._desk.told(self.set_limit))
        return {**own, BUDGET: self._desk.told(self.set_budget)}

    def pressed(self) -> dict[str, Handler]:
        """Return nothing: the button is one that confirms."""
        return {}

    def confirms(self) -> dict[str, Does]:
        """Return who carries out what a button confirmed, by the command that asked."""
        return dict.fromkeys(SETTERS, self.confirmed)

    async def set_limit(self, asked: Interaction) -> None:
        """Show a limit of the portfolio in use, or change it."""
        await self._answer(asked, strategy="", text=" ".join(asked.arguments))

    async def set_budget(self, asked: Interaction) -> None:
        """Show the budgets of strategies, or that of one, or change it."""
        *named, last = asked.arguments or ("",)
        if named:
            await self._answer(asked, strategy=" ".join(named), text=last)
        elif last:
            await self._answer(asked, strategy=last, text="")
        else:
            await self._replies.say(asked.chat_id, self._budgets(asked))

    async def confirmed(self, asked: Interaction, does: Confirmation) -> None:
        """Set what a button said, and put that in the question's place.

        Args:
            asked: The press.
            does: What the button does.
        """
        strategy, _, text = does.argument.rpartition("=")
        value = SETTERS[does.what].read(text)
        if isinstance(value, str) or (does.what == BUDGET) != bool(strategy):
            await self._replies.edit(asked.chat_id, asked.message_id, self._desk.words.toast_no_button)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            mine = place(principal, work.connection)
            fitting = [each for each in _own(principal, work.connection) if strategy and each.uid.startswith(strategy)]
            if not mine.uid.startswith(does.place):
                told = self._desk.words.other_portfolio.format(command=does.what)
            elif len(fitting) != bool(strategy):
                told = self._texts.words.strategy_gone
            else:
                subject = Subject(SETTERS[does.what], mine, fitting[0] if fitting else None)
                told = self._set(principal, work, subject, value)
        await self._replies.edit(asked.chat_id, asked.message_id, told)

    @property
    def _texts(self) -> LimitTexts:
        """The texts, as whoever asks now reads them."""
        return LimitTexts(self._desk.language)

    async def _answer(self, asked: Interaction, *, strategy: str, text: str) -> None:
        """Show a limit where nothing is typed behind it; else change it, or refuse what is no value."""
        setter = SETTERS[asked.what]
        value = setter.read(text) if text else None
        if isinstance(value, str):
            await self._replies.say(asked.chat_id, self._texts.refused(setter, value))
        elif text:
            await self._change(asked, strategy, value)
        else:
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                subject = _subject(principal, connection, asked.what, strategy)
                told = self._texts.alone(subject, _standing(principal, connection, subject))
            await self._replies.say(asked.chat_id, told)

    async def _change(self, asked: Interaction, strategy: str, value: LimitValue) -> None:
        """Set a limit, or ask whether to loosen it."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            subject = _subject(principal, work.connection, asked.what, strategy)
            standing = _standing(principal, work.connection, subject)
            policy = own_policy(standing.applied, subject.new(value))
            before = None if policy is None else getattr(policy.limits, subject.limit)
            asks = loosens(subject.limit, before, value)
            told = "" if asks else self._set(principal, work, subject, value)
        if not asks:
            await self._replies.say(asked.chat_id, told)
            return
        question, label = self._texts.loosening(subject, before, value, currency=standing.applied.currency)
        of = "" if subject.strategy is None else f"{subject.strategy.uid[:STRATEGY_DIGITS]}="
        does = Confirmation(
            what=asked.what,
            asked_at=self._desk.books.now(),
            user_id=asked.user_id or 0,
            place=subject.portfolio.uid[:PLACE_DIGITS],
            argument=f"{of}{typed_again(value)}",
        )
        await self._desk.confirm(asked, question, does=does, label=label)

    def _set(self, principal: Principal, work: Work, subject: Subject, value: LimitValue) -> str:
        """Set a limit; return what to say."""
        change = set_limit(principal, work, subject.new(value))
        log.info("limit set", limit=subject.limit, portfolio=subject.portfolio.uid, changed=change.is_new)
        return self._texts.changed(subject, change, _standing(principal, work.connection, subject))

    def _budgets(self, asked: Interaction) -> str:
        """Return the budgets of the asker's strategies, and how one is changed."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            subjects = [Subject(SETTERS[BUDGET], mine, each) for each in _own(principal, connection)]
            found = [(each, _standing(principal, connection, each)) for each in subjects]
        return self._texts.budgets(SETTERS[BUDGET], found)


def _subject(principal: Principal, connection: Connection, command: str, strategy: str) -> Subject:
    """Return what is to be set of what: of a strategy, by its name, or of the portfolio in use; raises NotFound."""
    found = find_strategy(principal, connection, strategy) if strategy else None
    return Subject(SETTERS[command], place(principal, connection), found)


def _standing(principal: Principal, connection: Connection, subject: Subject) -> Standing:
    """Return how it stands with a limit."""
    new, mine = subject.new(None), subject.portfolio
    sized = [each for each in _own(principal, connection) if subject.limit == BUY_AMOUNT and has_size(each)]
    return Standing(
        applied=limits_for(principal, connection, portfolio=new.portfolio, strategy=new.strategy),
        first=limits_at_first(principal, connection, mine.uid),
        sized=tuple(each.name for each in sized if trades_for(each, mine)),
    )


def _own(principal: Principal, connection: Connection) -> tuple[Strategy, ...]:
    """Return the asker's own strategies in force, of an admin too."""
    return list_strategies(principal, connection, user=users.get(principal, connection).uid)


def trades_for(strategy: Strategy, portfolio: Portfolio) -> bool:
    """Tell whether a strategy trades for a portfolio.

    Args:
        strategy: The strategy.
        portfolio: Of the same user.
    """
    return strategy.portfolio == portfolio.uid if strategy.portfolio is not None else portfolio.is_default


def has_size(strategy: Strategy) -> bool:
    """Tell whether a strategy's openings have another size than the portfolio's amount.

    Args:
        strategy: The strategy.
    """
    return strategy.params.get("by", "amount") != "amount" or strategy.params.get("amount") is not None
