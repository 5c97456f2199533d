"""The pages about people and places, for a phone: users, accounts, portfolios, venues; pure."""

import html
from collections.abc import Sequence
from datetime import tzinfo

from bus.broker_names import code_of, name_of
from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.trading.people.accounts import Account
from ledger.trading.people.brokers import Broker
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.user_rows import User
from notifier.texts.trading_people import PeopleWords
from notifier.texts.trading_places import PlaceWords
from notifier.trading.account_marks import Marks
from notifier.trading.venue_lines import trouble

LONGEST = 28
"""Signs of a name that fit a line beside what else stands there."""
MOST = 20
"""Users of one state that are listed: a message has an end, and strangers may be many."""


def users_page(users: Sequence[User], words: PeopleWords, *, zone: tzinfo) -> str:
    """Return all users: first those who wait, then those who are in, then those who are blocked.

    Args:
        users: Everybody, in the order in which they came.
        words: In the language of who asks.
        zone: In which days are told.
    """
    lines = []
    for title, status in ((words.waiting, "REQUESTED"), (words.active, "ACTIVE"), (words.blocked, "BLOCKED")):
        found = [each for each in users if each.status == status]
        lines += [f"<b>{title}</b>"] if found else []
        for each in found[:MOST]:
            day = words.asked_at.format(day=f"{each.created_at.astimezone(zone):%Y-%m-%d}")
            lines.append(_short(each.username))
            lines.append(f"  <code>{each.telegram_user_id}</code> · {day if status == 'REQUESTED' else each.role}")
        lines += [words.more.format(count=len(found) - MOST)] if len(found) > MOST else []
    return "\n".join([*lines, words.users_usage])


def accounts_page(
    accounts: Sequence[Account], portfolios: Sequence[Portfolio], words: PlaceWords, *, marks: Marks
) -> str:
    """Return a user's accounts, with the portfolios in each.

    Args:
        accounts: The user's.
        portfolios: The user's.
        words: In the language of who asks.
        marks: What execution says of them.
    """
    if not accounts:
        return words.no_accounts
    lines = [f"<b>{words.accounts}</b>", *([words.silent] if marks.health is None else [])]
    for each in accounts:
        inside = ", ".join(_short(other.name) for other in portfolios if other.account == each.uid)
        lines.append(_short(each.name))
        said = marks.kind(kind(words, is_live=each.is_live), is_live=each.is_live)
        lines.append(f"  {each.broker} · {each.base_currency} · {said}")
        lines += [f"  {line}" for line in (*_connected(each, words, marks), *marks.of(each))]
        lines.append(f"  {words.portfolios_of.format(names=inside or words.none)}")
    return "\n".join(lines)


def portfolios_page(
    portfolios: Sequence[Portfolio], accounts: Sequence[Account], words: PlaceWords, *, in_use: str
) -> str:
    """Return a user's portfolios; the one in use is marked.

    Args:
        portfolios: The user's.
        accounts: The user's.
        words: In the language of who asks.
        in_use: The uid of the one that commands act on.
    """
    names = {each.uid: each.name for each in accounts}
    lines = [f"<b>{words.portfolios}</b>"]
    for each in portfolios:
        said = [words.in_use] if each.uid == in_use else []
        said += [words.default] if each.is_default else []
        mark = "▸ " if each.uid == in_use else ""
        lines.append(f"{mark}{_short(each.name)}")
        inside = [_short(names[each.account])] if each.account in names else []
        lines.append("  " + " · ".join([*inside, kind(words, is_live=each.is_live)]))
        lines += ["  " + ", ".join(said)] if said else []
    return "\n".join([*lines, *([words.choose] if len(portfolios) > 1 else [])])


def brokers_page(
    brokers: Sequence[Broker],
    health: Sequence[BrokerHealth] | None,
    words: PlaceWords,
    *,
    zone: tzinfo,
    language: Language,
) -> str:
    """Return how the venues are that somebody has an account at, or that a program runs for.

    Args:
        brokers: All that the books know.
        health: As execution says; None while it does not answer.
        words: In the language of who asks.
        zone: In which times are told.
        language: Of who asks.
    """
    lines = [f"<b>{words.brokers}</b>"]
    lines += [words.silent] if health is None else []
    for each in brokers:
        mine = [one for one in health or () if _is_of(one, each)]
        state = [line for one in mine for line in _health(one, words, zone, language)]
        if not (state or each.paper or each.live):
            continue
        lines.append(f"<b>{each.code}</b> {html.escape(each.name, quote=False)}")
        lines += [f"  {line}" for line in state or ([] if health is None else [words.not_running])]
        lines.append(f"  {words.counted.format(paper=each.paper, live=each.live)}")
    return "\n".join(lines)


def kind(words: PlaceWords, *, is_live: bool) -> str:
    """Return how an account's money is called.

    Args:
        words: In the language of who asks.
        is_live: Whether it is real.
    """
    return words.live if is_live else "paper"


def _connected(account: Account, words: PlaceWords, marks: Marks) -> list[str]:
    """Return whether an account's broker is connected; nothing while execution does not answer."""
    if marks.health is None:
        return []
    state = next((each.state for each in marks.health if each.name == account.served_by), None)
    return [words.not_running if state is None else words.states.get(state, html.escape(state, quote=False))]


def _is_of(health: BrokerHealth, broker: Broker) -> bool:
    """Tell whether a program is of a venue; further accounts have programs of their own."""
    return code_of(health.name) == broker.code


def _health(health: BrokerHealth, words: PlaceWords, zone: tzinfo, language: Language) -> list[str]:
    """Return how a program of a venue is."""
    known = health.state in words.states
    state = words.states[health.state] if known else html.escape(health.state, quote=False)
    at = "" if health.since is None else f"{health.since.astimezone(zone):%m-%d %H:%M}"
    of = name_of(health.name)
    lines = [_short(of)] if of else []
    lines += [f"{state} {words.since.format(at=at)}" if at else state]
    lines += trouble(health, language)
    lines += [words.holding_back] if health.breaker_open else []
    return lines


def _short(name: str) -> str:
    """Return a name as a line of a page takes it."""
    return html.escape(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…", quote=False)
