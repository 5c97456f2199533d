"""The pages of `/settings` and `/notify`: all limits with where each comes from, strategies, preferences; pure."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from bus.language import Language
from ledger.trading.enumerations import Level, NoticeKind
from ledger.trading.people.accounts import Account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.risk.limits import NEEDED, Limits
from ledger.trading.risk.policies import Applied
from notifier.texts import trading_limits, trading_settings
from notifier.trading.desk import account_named, escaped
from notifier.trading.limit_texts import source_of
from notifier.trading.limit_values import COMMANDS, exact_money, shown

LANGUAGE_NAMES: Mapping[Language, str] = {"en": "English", "ru": "Русский", "de": "Deutsch"}
_OF_STRATEGIES = frozenset({"budget"})
"""Shown with each strategy; with the portfolio only where it is set for all of it."""


class OfStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy with the limits that hold for it."""

    strategy: Strategy
    applied: Applied


class SettingsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `/settings` tells of the portfolio in use and of the asker.

    Attributes:
        applied: The limits of the portfolio, whatever the strategy.
        first: The limits that the settings gave it.
        strategies: Those that trade for it.
        notifications: How kinds of notices come that do not come with a sound.
    """

    portfolio: Portfolio
    account: Account
    applied: Applied
    first: Limits
    strategies: tuple[OfStrategy, ...]
    language: Language
    timezone: str
    notifications: Mapping[str, Level]


class SettingsPage:
    """The page in a language."""

    def __init__(self, language: Language) -> None:
        """Take the words.

        Args:
            language: The asker's.
        """
        self._words = trading_settings.WORDS[language]
        self._limits = trading_limits.WORDS[language]

    def page(self, report: SettingsReport) -> str:
        """Return the page.

        Args:
            report: What was gathered.
        """
        words, mine = self._words, report.portfolio
        money = self._limits.live if mine.is_live else "paper"
        lines = [f"<b>{words.settings}: {escaped(mine.name)}</b> ({money})", account_named(report.account)]
        lines += ["", f"<b>{words.limits}</b>"]
        limits = report.applied.limits
        for name in (*COMMANDS, *(each for each in Limits.__struct_fields__ if each not in COMMANDS)):
            value = getattr(limits, name)
            if value is not None or (name in COMMANDS and name not in _OF_STRATEGIES):
                lines += self._limit(name, value, report)
        if any(getattr(limits, name) is None for name in NEEDED):
            lines.append(words.needed_note)
        lines += ["", f"<b>{words.strategies}</b>"] if report.strategies else []
        lines += [line for each in report.strategies for line in self._strategy(each, report)]
        return "\n".join([*lines, "", *self._person(report)])

    def _limit(self, name: str, value: object, report: SettingsReport) -> list[str]:
        """Return the two lines of a limit."""
        mark = "⚠ " if value is None and name in NEEDED else ""
        told = (
            self._limits.not_set
            if value is None
            else escaped(shown(name, value, report.applied.currency, self._limits))
        )
        policy = report.applied.sources.get(name)
        source = "" if policy is None else self._limits.sources[source_of(policy, name, report.first)]
        command = f"/{COMMANDS[name]}" if name in COMMANDS else ""
        below = " · ".join(each for each in (command, source) if each)
        return [f"{mark}{self._limits.labels[name]}: {told}", f"  {below}"]

    def _strategy(self, of: OfStrategy, report: SettingsReport) -> list[str]:
        """Return a strategy with its mode, its size, and the limits that are its own."""
        each, currency = of.strategy, report.applied.currency
        lines = [f"{escaped(each.name)}: <b>{each.mode}</b>"]
        by, amount = each.params.get("by", "amount"), each.params.get("amount")
        if by != "amount":
            lines.append(f"  {self._words.sized.format(by=escaped(str(by)))}")
        elif amount is not None:
            lines.append(f"  {self._words.own_amount.format(amount=f'{escaped(_amount(amount))} {currency}')}")
        for name, policy in of.applied.sources.items():
            if policy.scope_type == "STRATEGY":
                value = shown(name, getattr(of.applied.limits, name), currency, self._limits)
                lines.append(f"  {self._limits.labels[name]}: {escaped(value)}")
        return lines

    def _person(self, report: SettingsReport) -> list[str]:
        """Return how the asker is spoken to."""
        words = self._words
        others = [f"{kind} {level}" for kind, level in sorted(report.notifications.items()) if level != "on"]
        return [
            f"<b>{words.you}</b>",
            f"{words.language}: {LANGUAGE_NAMES[report.language]} /language",
            f"{words.zone}: {escaped(report.timezone)}",
            "  /timezone",
            f"{words.notices}: {', '.join(others) or words.all_on}",
            "  /notify",
        ]

    def notices(self, notifications: Mapping[str, Level], kinds: tuple[NoticeKind, ...]) -> str:
        """Return how each kind of notice comes, and how that is changed.

        Args:
            notifications: How kinds come that do not come with a sound.
            kinds: All kinds.
        """
        lines = [f"<b>{self._words.notices}</b>"]
        for kind in kinds:
            level = notifications.get(kind, "on")
            lines.append(f"<code>{kind}</code> <b>{level}</b>\n  {self._words.kinds[kind]}")
        meant = ", ".join(f"{level} – {told}" for level, told in self._words.levels.items())
        return "\n".join([*lines, "", self._words.notices_usage, meant])


def own_amount(strategy: Strategy) -> Decimal | None:
    """Return what a strategy spends on an opening, as its parameters say; None where they name no amount.

    Args:
        strategy: The strategy.
    """
    written = str(strategy.params.get("amount", ""))
    is_amount = strategy.params.get("by", "amount") == "amount" and written.replace(".", "", 1).isdecimal()
    return Decimal(written) if is_amount and written.isascii() else None


def _amount(text: object) -> str:
    """Return a strategy's own amount, as its parameters have it, as amounts are shown."""
    written = str(text)
    return exact_money(Decimal(written)) if written.replace(".", "", 1).isdecimal() and written.isascii() else written
