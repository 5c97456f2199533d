"""The command line of the books of trading: what each command takes, and what carries it out."""

import argparse
from collections.abc import Callable
from pathlib import Path

from bus.broker_names import code_of
from ledger.admin import account_commands, books_commands, halt_commands, people_commands, strategy_commands
from ledger.settings import Settings
from ledger.trading.people.accounts import NewAccount
from ledger.trading.people.strategies import NewStrategy

Do = Callable[[Settings, argparse.Namespace], list[str]]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to those of the command line; `answer` carries one out.

    Args:
        commands: Where they stand.
    """
    _add_halts(commands)
    _add_people(commands)
    _add_places(commands)
    _add_strategies(commands)
    _add_books(commands)


def answer(settings: Settings, asked: argparse.Namespace) -> list[str]:
    """Do what the command line says, and return what to tell.

    Args:
        settings: Where the ledger is.
        asked: A command of these, with what it takes.

    Raises:
        Refused: It was not done.
    """
    do: Do = asked.do
    return do(settings, asked)


def _add_halts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that stop trading, and let it go on."""
    kill = commands.add_parser("kill", help="stop all trading of everybody, whatever else runs or not")
    kill.add_argument("reason", nargs="*", help="why, as the chat will tell it")
    kill.set_defaults(do=lambda settings, at: halt_commands.kill(settings, " ".join(at.reason)))
    unkill = commands.add_parser("unkill", help="let trading go on")
    unkill.set_defaults(do=lambda settings, _: halt_commands.unkill(settings))


def _add_people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for users."""
    users = commands.add_parser("users", help="list users, accounts and portfolios")
    users.set_defaults(do=lambda settings, _: people_commands.show_users(settings))
    new = commands.add_parser("add-user", help="let a user in")
    new.add_argument("name")
    new.add_argument("telegram_id", type=int)
    new.add_argument("--role", help="trader, viewer or admin; trader, where it is not said")
    new.set_defaults(do=lambda settings, at: people_commands.add_user(settings, at.name, at.telegram_id, at.role))
    user = commands.add_parser("user", help="let somebody in who asked, shut out, change the role or the name")
    user.add_argument("name", help="or the number in Telegram")
    user.add_argument("--role", help="trader, viewer or admin")
    user.add_argument("--approve", action="store_true", help="let in who asked, or was blocked")
    user.add_argument("--block", action="store_true", help="shut out, or turn a request down; the books stay")
    user.add_argument("--rename", metavar="NAME")
    user.set_defaults(do=_change_user)


def _add_places(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for accounts and portfolios."""
    account = commands.add_parser("add-account", help="make an account, with a portfolio of its name")
    account.add_argument("user")
    account.add_argument("name")
    account.add_argument("broker")
    account.add_argument("--currency", default="USD")
    account.add_argument("--live", action="store_true", help="its money is real; this never changes")
    account.add_argument("--number", help="the account's own number at its broker")
    account.set_defaults(do=_add_account)
    _add_further(commands)
    portfolio = commands.add_parser("add-portfolio", help="make one more portfolio in an account")
    for name in ("user", "account", "name"):
        portfolio.add_argument(name)
    portfolio.set_defaults(
        do=lambda settings, at: people_commands.add_portfolio(settings, at.user, at.account, at.name)
    )


def _add_further(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for accounts with a program of their own; `make account` types them."""
    account = commands.add_parser("further-account", help="make an account that a program of its own serves")
    for name in ("user", "name", "program", "number"):
        account.add_argument(name)
    account.add_argument("--currency", default="USD")
    account.add_argument("--live", action="store_true", help="its money is real; this never changes")
    account.add_argument("--unproven", action="store_true", help="the number alone tells whether it is live")
    account.set_defaults(do=_further_account)
    removed = commands.add_parser("remove-account", help="archive the account that a program of its own serves")
    removed.add_argument("program")
    removed.set_defaults(do=lambda settings, at: account_commands.remove_account(settings, at.program))


def _add_strategies(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for strategies."""
    strategies = commands.add_parser("strategies", help="list strategies")
    strategies.add_argument("user", nargs="?")
    strategies.set_defaults(do=lambda settings, at: strategy_commands.show_strategies(settings, at.user))
    new = commands.add_parser("add-strategy", help="make a strategy; prints the secret of its webhook, once")
    for name in ("user", "name", "portfolio"):
        new.add_argument(name)
    new.add_argument("--mode", default="off", help="auto, manual, closing_only or off; off, where it is not said")
    new.add_argument("--params", metavar="JSON", help="what it is set to")
    new.set_defaults(do=_add_strategy)
    strategy = commands.add_parser("strategy", help="change a strategy's mode, parameters or secret, or switch it off")
    for name in ("user", "name"):
        strategy.add_argument(name)
    strategy.add_argument("--mode", help="auto, manual, closing_only or off")
    strategy.add_argument("--params", metavar="JSON", help="what it is set to from now on; makes the next version")
    strategy.add_argument("--rotate", action="store_true", help="another secret, printed once")
    strategy.add_argument("--off", action="store_true", help="out of force, its secret worth nothing")
    strategy.set_defaults(do=_change_strategy)


def _add_books(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands for what was traded."""
    trades = commands.add_parser("import-trades", help="take in executions from a CSV file")
    for name in ("file", "user", "portfolio"):
        trades.add_argument(name)
    trades.set_defaults(
        do=lambda settings, at: books_commands.import_trades(settings, Path(at.file), at.user, at.portfolio)
    )
    positions = commands.add_parser("positions", help="list what is held")
    positions.add_argument("user", nargs="?")
    positions.set_defaults(do=lambda settings, at: books_commands.show_positions(settings, at.user))
    brought = commands.add_parser("pnl", help="what the last days brought")
    brought.add_argument("user", nargs="?")
    brought.add_argument("--days", type=int, default=1)
    brought.set_defaults(do=lambda settings, at: books_commands.show_pnl(settings, at.user, at.days))
    books = commands.add_parser("verify-books", help="recompute everything")
    books.set_defaults(do=lambda settings, _: books_commands.verify_books(settings))
    chains = commands.add_parser("verify-audit", help="look through the audit chains")
    chains.set_defaults(do=lambda settings, _: books_commands.verify_audit(settings))


def _change_user(settings: Settings, at: argparse.Namespace) -> list[str]:
    """Change what the command line says of a user."""
    change = people_commands.Change(role=at.role, is_approved=at.approve, is_blocked=at.block, rename=at.rename)
    return people_commands.change_user(settings, at.name, change)


def _add_account(settings: Settings, at: argparse.Namespace) -> list[str]:
    """Make the account that the command line says."""
    new = NewAccount(
        broker=at.broker.upper(),
        name=at.name,
        base_currency=at.currency.upper(),
        is_live=at.live,
        account_uid=at.number,
    )
    return people_commands.add_account(settings, at.user, new)


def _further_account(settings: Settings, at: argparse.Namespace) -> list[str]:
    """Make the account that the command line says, with a program of its own."""
    new = NewAccount(
        broker=code_of(at.program),
        name=at.name,
        base_currency=at.currency.upper(),
        is_live=at.live,
        account_uid=at.number,
        program=at.program,
    )
    make = account_commands.numbered_account if at.unproven else account_commands.further_account
    return make(settings, at.user, new)


def _add_strategy(settings: Settings, at: argparse.Namespace) -> list[str]:
    """Make the strategy that the command line says."""
    new = NewStrategy(name=at.name, params={}, portfolio=at.portfolio, mode=at.mode)
    return strategy_commands.add_strategy(settings, at.user, new, at.params)


def _change_strategy(settings: Settings, at: argparse.Namespace) -> list[str]:
    """Change what the command line says of a strategy."""
    change = strategy_commands.StrategyChange(
        mode=at.mode, params=at.params, has_new_secret=at.rotate, is_out_of_force=at.off
    )
    return strategy_commands.change_strategy(settings, at.user, at.name, change)
