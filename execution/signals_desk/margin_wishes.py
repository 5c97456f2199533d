"""Margin mode and leverage as a person wants them: checked, set at the venue, read back, and told.

    WAITING ─▶ WORKING, nothing written: the symbol is resolved, and the venue says what it lends at most
            ─▶ WORKING, the wanted row written and not confirmed: said to the venue again and again until it answers
            ─▶ DONE     set and read back: the row is confirmed
            ─▶ REFUSED  the venue refuses, or has taken a half back: the row is again what was there before
            ─▶ REFUSED  nobody knows: the row stays unconfirmed; `margin_watch` reads it until it is known

What was there before stands in the request while it is WORKING, so that a restart goes on with it.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from bus.messages.venues import AskMargin, MarginState, SetMargin
from execution.signals_desk.around import place_of, traded
from execution.signals_desk.margined import MODES
from execution.signals_desk.symbols import SEPARATOR, named_for, new_instrument
from execution.signals_desk.wishes import Done, Wish
from execution.texts.margins import WORDS, Words, worded
from execution.texts.names import shown
from execution.venues import Place
from ledger.trading import aliases, instruments
from ledger.trading.flow import margins
from ledger.trading.flow import requests as rows
from ledger.trading.flow.margins import MOST, Margin
from ledger.trading.flow.records import Request
from ledger.trading.instruments import Instrument
from ledger.trading.people.standing import standing
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import limits_for
from ledger.trading.words import LONGEST_NAME

ALL: Final = "all"
WITHIN: Final = timedelta(seconds=30)
"""So long the venue may take before anything is changed; afterwards it is asked until it answers."""
_LEVERAGE: Final = re.compile(r"([0-9]{1,3})x?", re.ASCII | re.IGNORECASE)


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What a request remembers once its row is written.

    Attributes:
        account: Whose.
        instrument: The uid of what is set.
        before: What had been chosen before; None: nothing.
        confirmed_at: Since when that was known; None where it was not.
    """

    account: str
    instrument: str
    before: Margin | None
    confirmed_at: datetime | None


def begun(request: Request) -> Begun | None:
    """Return what a request remembers; None where it has written nothing yet, or is none of these.

    Args:
        request: Any request.
    """
    if request.kind != "margin" or request.state != "WORKING" or not request.result:
        return None
    return msgspec.json.decode(request.result.encode(), type=Begun)


def margin(wish: Wish) -> Done | None:
    """Set margin mode and leverage, of one symbol or of all that have none of their own.

    Args:
        wish: Names the `symbol`, or `all`, the `margin_mode` and the `leverage`.

    Returns:
        What became of it; None until the venue has answered.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    words, wanted = WORDS[wish.language], _wanted(wish)
    if isinstance(wanted, Done):
        return wanted
    already = begun(wish.request)
    if already is not None:
        return _go_on(wish, wanted, already)
    refused = _over_limits(wish, wanted, words)
    if refused is not None:
        return refused
    state = wish.around.link.state_of(_place(wish).broker)
    if state is not None and not state.has_margin:
        return _refused(words.none_here, broker=wish.standing.broker)
    if state is not None and wish.argument("symbol").lower() == ALL:
        margins.want(SYSTEM, wish.work, wish.standing.account, wanted)
        return Done(words.set_for_all.format(margin=worded(wanted, words)))
    found = None if state is None else _begin(wish, wanted, words)
    if found is None and wish.work.now - wish.request.created_at >= WITHIN and not _is_begun(wish):
        return _refused(words.not_answered, symbol=wish.argument("symbol").upper(), seconds=int(WITHIN.total_seconds()))
    return found


def _wanted(wish: Wish) -> Margin | Done:
    """Return what is wanted, or why that cannot be read."""
    words = WORDS[wish.language]
    if not wish.argument("symbol"):
        return wish.missing("symbol")
    mode, leverage = wish.argument("margin_mode"), wish.argument("leverage")
    if mode.lower() not in MODES:
        return _refused(words.bad_mode, text=mode or "-")
    found = _LEVERAGE.fullmatch(leverage)
    if found is None or not 1 <= int(found[1]) <= MOST:
        return _refused(words.bad_leverage, text=leverage or "-", most=MOST)
    return Margin(margin_mode=MODES[mode.lower()], leverage=int(found[1]))


def _over_limits(wish: Wish, wanted: Margin, words: Words) -> Done | None:
    """Refuse more leverage than the settings and the portfolio's policies allow."""
    most, leverage = wish.around.settings.max_leverage, wanted.leverage
    if leverage > most:
        return _refused(words.over_settings, leverage=leverage, limit=most)
    cap = limits_for(SYSTEM, wish.work.connection, portfolio=wish.request.portfolio).limits.leverage_cap
    return _refused(words.over_policy, leverage=leverage, limit=cap) if cap is not None and leverage > cap else None


def _begin(wish: Wish, wanted: Margin, words: Words) -> Done | None:
    """Write the row that is wanted, once the symbol is known and the venue has said what it lends at most."""
    place = _place(wish)
    instrument = _instrument(wish, words)
    if not isinstance(instrument, Instrument):
        return instrument
    if _is_under_way(wish, instrument):
        return _refused(words.under_way, symbol=instrument.symbol)
    asked = AskMargin(id=f"{wish.request.uid}-ask", account=place.account, instrument=traded(instrument))
    said = wish.around.link.margins.answer(place, asked)
    if said is None:
        return None
    if said.outcome != "READ":
        return _refused(words.no_symbol, symbol=instrument.symbol, reason=said.reason or said.code or said.outcome)
    if said.most_leverage is not None and wanted.leverage > said.most_leverage:
        limit = said.most_leverage
        return _refused(words.over_venue, symbol=instrument.symbol, leverage=wanted.leverage, limit=limit)
    before = margins.find(SYSTEM, wish.work.connection, place.account, instrument=instrument.uid)
    margins.want(SYSTEM, wish.work, place.account, wanted, instrument=instrument.uid)
    remembered = Begun(
        account=place.account,
        instrument=instrument.uid,
        before=None if before is None else Margin(margin_mode=before.margin_mode, leverage=before.leverage),
        confirmed_at=None if before is None else before.confirmed_at,
    )
    rows.settle(SYSTEM, wish.work, wish.request.uid, "WORKING", msgspec.json.encode(remembered).decode())
    return None


def _is_begun(wish: Wish) -> bool:
    """Tell whether a request has just written its row."""
    return begun(rows.find(SYSTEM, wish.work.connection, wish.request.uid)) is not None


def _go_on(wish: Wish, wanted: Margin, already: Begun) -> Done | None:
    """Say it to the venue until that answers, and write what came of it."""
    words, connection = WORDS[wish.language], wish.work.connection
    instrument = instruments.get_instrument(SYSTEM, connection, already.instrument)
    asked = SetMargin(
        id=wish.request.uid,
        account=already.account,
        instrument=traded(instrument),
        margin_mode=wanted.margin_mode,
        leverage=wanted.leverage,
    )
    said = wish.around.link.margins.answer(_place(wish), asked)
    if said is None:
        return None
    shown_as = {"symbol": shown(instrument.symbol), "wanted": worded(wanted, words)}
    if said.outcome == "UNKNOWN":
        return _refused(words.unknown, **shown_as, reason=said.reason or said.code or "?")
    account, of = already.account, instrument.uid
    if said.outcome == "SET":
        is_so = seen(said) or wanted
        margins.confirm(SYSTEM, wish.work, account, is_so, instrument=of)
        return Done(words.set_back.format(symbol=shown_as["symbol"], margin=worded(is_so, words)))
    now = seen(said)
    if now is not None and already.before is not None:
        margins.confirm(SYSTEM, wish.work, account, now, instrument=of)
    else:
        since = already.confirmed_at
        margins.restore(SYSTEM, wish.work, account, already.before, instrument=of, confirmed_at=since)
    is_now = worded(now or already.before, words)
    return _refused(words.refused, **shown_as, now=is_now, reason=said.reason or said.code or said.outcome)


def seen(said: MarginState) -> Margin | None:
    """Return what a venue was seen to have, None where a half of it is not known.

    Args:
        said: The answer.
    """
    if said.margin_mode is None or said.leverage is None:
        return None
    return Margin(margin_mode=said.margin_mode, leverage=said.leverage)


def _instrument(wish: Wish, words: Words) -> Instrument | Done | None:
    """Return what a symbol means where something is lent; why it means nothing; None while the venue has not said."""
    written, broker = wish.argument("symbol").upper(), wish.standing.broker
    alias = named_for(written, "FUTURE")
    names = (alias, written)
    known = [aliases.all_by_alias(SYSTEM, wish.work.connection, broker=broker, alias=each) for each in names]
    lent = list({each.uid: each for found in known for each in found if each.asset_type == "FUTURE"}.values())
    if len(lent) == 1:
        return lent[0]
    exchange, _, symbol = written.rpartition(SEPARATOR)
    said = wish.around.link.instrument(_place(wish), symbol, exchange=exchange or None, kind="FUTURE")
    if said is None:
        return None
    if said.instrument is None:
        return _refused(words.no_symbol, symbol=written, reason=said.reason or "-")
    if said.instrument.asset_type != "FUTURE":
        return _refused(words.no_future, symbol=written)
    found = instruments.resolve(SYSTEM, wish.work, new_instrument(said, said.instrument))
    if len(alias) <= LONGEST_NAME:
        aliases.set_alias(SYSTEM, wish.work, found.uid, broker=broker, alias=alias)
    return found


def _is_under_way(wish: Wish, instrument: Instrument) -> bool:
    """Tell whether another request sets the same."""
    working = rows.waiting(SYSTEM, wish.work.connection, state="WORKING")
    others = [begun(each) for each in working if each.uid != wish.request.uid]
    mine = (wish.standing.account, instrument.uid)
    return any(each is not None and (each.account, each.instrument) == mine for each in others)


def _place(wish: Wish) -> Place:
    """Return where a request's account is."""
    return place_of(standing(SYSTEM, wish.work.connection, wish.request.portfolio))


def _refused(template: str, **values: object) -> Done:
    """Refuse, in words."""
    inert: Mapping[str, object] = {
        name: shown(each) if isinstance(each, str) else each for name, each in values.items()
    }
    return Done(template.format_map(inert), is_refused=True)
