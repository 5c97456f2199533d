"""What is said of one limit: what it is, what it was, and how it is changed; pure."""

import html
from collections.abc import Sequence

import msgspec

from bus.language import Language
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.risk.limit_setting import LimitChange, LimitValue, NewLimit
from ledger.trading.risk.limits import BUY_AMOUNT, LIMITS, NEEDED, Limits
from ledger.trading.risk.policies import Applied, Policy
from notifier.texts import trading_limits, trading_settings
from notifier.trading.desk import escaped
from notifier.trading.limit_values import BUDGET, COMMANDS, Setter, shown

LONGEST_TYPED = 40


class Subject(msgspec.Struct, frozen=True):
    """One limit of a portfolio, or of a strategy."""

    setter: Setter
    portfolio: Portfolio
    strategy: Strategy | None = None

    @property
    def limit(self) -> str:
        """Its name in the ledger."""
        return self.setter.limit

    def new(self, value: LimitValue) -> NewLimit:
        """Return it as the ledger sets it.

        Args:
            value: What it is to be.
        """
        of = None if self.strategy is None else self.strategy.uid
        return NewLimit(portfolio=self.portfolio.uid, strategy=of, name=self.limit, value=value)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a limit.

    Attributes:
        applied: All limits that hold.
        first: Those that the settings gave the portfolio.
        sized: Strategies that do not look at the portfolio's buy amount, by name.
    """

    applied: Applied
    first: Limits
    sized: tuple[str, ...] = ()


class LimitTexts:
    """The texts about one limit, in a language.

    Attributes:
        words: The sentences.
    """

    def __init__(self, language: Language) -> None:
        """Take the words.

        Args:
            language: The asker's.
        """
        self.words = trading_settings.WORDS[language]
        self._limits = trading_limits.WORDS[language]

    def alone(self, subject: Subject, standing: Standing) -> str:
        """Return what a limit is, what it means, and how it is changed.

        Args:
            subject: The limit.
            standing: How it stands with it.
        """
        value = self._value(subject.limit, getattr(standing.applied.limits, subject.limit), standing.applied.currency)
        source = self.source(subject.limit, standing)
        lines = [
            f"<b>{self._label(subject.setter)}</b>, {self._of(subject)}",
            self._limits.meanings[subject.limit],
            self.words.now.format(value=value) + (f" ({source})" if source else ""),
            *self._sized(standing),
            self.usage(subject.setter, subject.strategy),
        ]
        return "\n".join(lines)

    def budgets(self, setter: Setter, found: Sequence[tuple[Subject, Standing]]) -> str:
        """Return the budgets of strategies, and how one is changed.

        Args:
            setter: That of budgets.
            found: Each strategy's.
        """
        lines = [f"<b>{self._label(setter)}</b>", self._limits.meanings[setter.limit]]
        for subject, standing in found:
            name = "" if subject.strategy is None else escaped(subject.strategy.name)
            value = self._value(setter.limit, standing.applied.limits.budget, standing.applied.currency)
            source = self.source(setter.limit, standing)
            lines.append(f"{name}: <b>{value}</b>" + (f" ({source})" if source else ""))
        return "\n".join([*lines, self.usage(setter, None)] if found else [*lines, self.words.no_strategies])

    def refused(self, setter: Setter, typed: str) -> str:
        """Return why nothing was changed, and what to write.

        Args:
            setter: What was to be set.
            typed: What was typed.
        """
        cut = typed if len(typed) <= LONGEST_TYPED else f"{typed[:LONGEST_TYPED]}…"
        told = self.words.bad_value.format(typed=f"<code>{escaped(cut)}</code>", label=self._label(setter))
        return f"{told}\n{self.usage(setter, None)}"

    def loosening(self, subject: Subject, before: LimitValue, after: LimitValue, *, currency: str) -> tuple[str, str]:
        """Return the question whether to loosen a limit, and what stands on its button.

        Args:
            subject: The limit.
            before: What it is.
            after: What it would be.
            currency: Of amounts.
        """
        label, now = self._label(subject.setter), self._value(subject.limit, after, currency)
        values = {"before": self._value(subject.limit, before, currency), "after": now}
        question = self.words.loosen_ask.format(label=label, of=self._of(subject), **values)
        return question, html.unescape(self.words.loosen_button.format(label=label, after=now))

    def changed(self, subject: Subject, change: LimitChange, standing: Standing) -> str:
        """Return what was changed, what holds now, and what a zero or nothing means.

        Args:
            subject: The limit.
            change: What was done.
            standing: How it stands with it since.
        """
        limit, currency = subject.limit, change.applied.currency
        values = {"before": self._value(limit, change.before, currency)}
        values["after"] = self._value(limit, change.after, currency)
        template = self.words.changed if change.is_new else self.words.unchanged
        lines = [template.format(label=self._label(subject.setter), of=self._of(subject), **values)]
        lines += [self.words.from_next] if change.is_new else []
        lines += [self._unset(limit)] if change.after is None else []
        lines += [self.words.zero] if change.after == 0 and limit != "reserve" else []
        holds = getattr(change.applied.limits, limit)
        if holds != change.after:
            value, source = self._value(limit, holds, currency), self.source(limit, standing)
            lines.append(self.words.stricter.format(value=value, source=source))
        return "\n".join([*lines, *self._sized(standing)])

    def usage(self, setter: Setter, strategy: Strategy | None) -> str:
        """Return how a limit is changed, within which bounds, and what `off` means.

        Args:
            setter: The limit's.
            strategy: Of which, where it is known.
        """
        command = COMMANDS[setter.limit]
        name = "" if command != BUDGET else " STRATEGY" if strategy is None else f" {escaped(strategy.name)}"
        template = self.words.bounds_whole if setter.is_whole else self.words.bounds
        bounds = template.format(least=setter.least, most=f"{setter.most:,}")
        change = self.words.change.format(usage=f"/{command}{name} {setter.example}")
        return "\n".join((change, bounds, self._unset(setter.limit)))

    def source(self, limit: str, standing: Standing) -> str:
        """Return where a limit comes from, in words; empty where it is not set.

        Args:
            limit: Its name.
            standing: How it stands with it.
        """
        policy = standing.applied.sources.get(limit)
        return "" if policy is None else self._limits.sources[source_of(policy, limit, standing.first)]

    def _label(self, setter: Setter) -> str:
        """Return what a limit is called."""
        return self._limits.labels[setter.limit]

    def _value(self, limit: str, value: object, currency: str) -> str:
        """Return a value, escaped."""
        return self._limits.not_set if value is None else escaped(shown(limit, value, currency, self._limits))

    def _unset(self, limit: str) -> str:
        """Return what it means that a limit is not set."""
        if limit == BUY_AMOUNT:
            return self.words.off_amount
        return self.words.off_needed if limit in NEEDED else self.words.off_limit

    def _sized(self, standing: Standing) -> list[str]:
        """Return which strategies have a size of their own."""
        names = escaped(", ".join(standing.sized))
        return [self.words.own_amounts.format(names=names)] if names else []

    def _of(self, subject: Subject) -> str:
        """Return whose limit it is, with a word for the money."""
        mine = subject.portfolio
        portfolio = f"{escaped(mine.name)} ({self._limits.live if mine.is_live else 'paper'})"
        return portfolio if subject.strategy is None else f"{escaped(subject.strategy.name)}, {portfolio}"


def source_of(policy: Policy, limit: str, first: Limits) -> str:
    """Return where a limit comes from.

    Args:
        policy: Which it is in.
        limit: Its name.
        first: The limits that the settings gave the portfolio.

    Returns:
        A name of `LimitWords.sources`.
    """
    is_of_chat = policy.scope_type == "PORTFOLIO" and policy.name == LIMITS
    if is_of_chat and getattr(policy.limits, limit) == getattr(first, limit):
        return "settings"
    if policy.set_by_user_id not in {None, policy.user_id}:
        return "admin"
    if policy.set_by_user_id is None:
        return "system"
    return {"PORTFOLIO": "portfolio", "USER": "user", "STRATEGY": "strategy"}[policy.scope_type]
