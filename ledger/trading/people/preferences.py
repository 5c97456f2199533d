"""What users choose for themselves: language, time zone, how messages come, and the portfolio that commands act on.

Viewers choose too: none of this touches anything but what they are shown. Nobody chooses for somebody else, admins
neither.
"""

from sqlalchemy import select

from bus.language import Language
from ledger.trading import audit
from ledger.trading.enumerations import Level, NoticeKind
from ledger.trading.errors import NotFound
from ledger.trading.people.user_rows import User, a_zone
from ledger.trading.people.users import get
from ledger.trading.principal import Principal
from ledger.trading.tables.people import portfolios, users
from ledger.trading.words import one_of
from ledger.trading.work import Work


def set_language(principal: Principal, work: Work, language: Language) -> User:
    """Choose the language of one's messages.

    Args:
        principal: Who chooses.
        work: What this is written with.
        language: The language.

    Returns:
        The user as they are now.

    Raises:
        Invalid: There are no texts in it.
    """
    one_of("a language", language, Language)
    return _choose(principal, work, "language", language)


def set_timezone(principal: Principal, work: Work, timezone: str) -> User:
    """Choose the zone in which one's messages name hours.

    Args:
        principal: Who chooses.
        work: What this is written with.
        timezone: An IANA name, such as `Europe/Berlin`.

    Returns:
        The user as they are now.

    Raises:
        Invalid: There is no such zone.
    """
    return _choose(principal, work, "timezone", a_zone(timezone))


def set_notification(principal: Principal, work: Work, kind: NoticeKind, level: Level) -> User:
    """Choose how one kind of message comes.

    Args:
        principal: Who chooses.
        work: What this is written with.
        kind: The kind.
        level: Whether it comes, comes without a sound, or does not come.

    Returns:
        The user as they are now.

    Raises:
        Invalid: There is no such kind, or no such way.
    """
    one_of("a kind of message", kind, NoticeKind)
    one_of("a message", level, Level)
    others = {name: each for name, each in get(principal, work.connection).notifications.items() if name != kind}
    chosen = others if level == "on" else {**others, kind: level}
    return _choose(principal, work, "notifications_json", chosen)


def choose_portfolio(principal: Principal, work: Work, portfolio: str) -> User:
    """Choose the portfolio that one's commands act on.

    Args:
        principal: Who chooses.
        work: What this is written with.
        portfolio: One's own; an admin's commands act on their own ones too.

    Returns:
        The user as they are now.

    Raises:
        NotFound: The asker has no such portfolio, or it is archived.
    """
    own = (portfolios.c.uid == portfolio, portfolios.c.user_id == principal.user_id, portfolios.c.archived_at.is_(None))
    number = work.connection.execute(select(portfolios.c.id).where(*own)).scalar()
    if number is None:
        raise NotFound("portfolio", portfolio)
    return _choose(principal, work, "chosen_portfolio_id", number, said=portfolio)


def _choose(principal: Principal, work: Work, column: str, value: object, *, said: str | None = None) -> User:
    """Write what the asker chose, unless it is so already, and return the asker as they are then.

    Raises:
        NotFound: The asker is the system, which has no row.
    """
    user = get(principal, work.connection)
    mine = users.c.id == principal.user_id
    if work.connection.execute(select(users.c[column]).where(mine)).scalar() == value:
        return user
    work.connection.execute(users.update().where(mine).values({column: value}))
    details = {column.removesuffix("_json").removesuffix("_id"): value if said is None else said}
    entry = audit.Entry(entity_type="user", entity_id=user.uid, action="setting changed", details=details)
    audit.log(principal, work, entry)
    return get(principal, work.connection)
