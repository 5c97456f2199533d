"""What people want: rows of `trading_requests` become changes, each once, and each is answered by a message of its own.

    WAITING ──▶ WORKING (a close waits for what is in its way, then for its orders) ──▶ DONE or REFUSED

A person's close, sell_all and cancel pass a kill. A request that is begun is found again by its state, and its orders
by their rows, so that a restart goes on with it.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from bus.log import logger
from execution.signals_desk import adopting, closing_wishes, manual, simulating, wishes
from execution.signals_desk.around import Around
from execution.signals_desk.margin_watch import MarginWatch
from execution.signals_desk.margin_wishes import margin
from execution.signals_desk.wishes import Done, Wish
from execution.watching.screening import screen
from ledger.trading.enumerations import NoticeKind
from ledger.trading.errors import TradingError
from ledger.trading.events import Notice, tell
from ledger.trading.flow import requests as rows
from ledger.trading.flow.records import Request, RequestKind
from ledger.trading.people.standing import standing
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

KIND: Final[NoticeKind] = "alert"
"""Under which kind answers are told; nobody turns these off by turning fills off."""
CANCEL_REASON: Final = "asked for"
STEPS: Final[Mapping[RequestKind, Callable[[Wish], Done | None]]] = {
    "close": closing_wishes.close,
    "sell_all": closing_wishes.close,
    "cancel": wishes.cancel,
    "clear_queue": wishes.clear_queue,
    "retry": closing_wishes.retry,
    "place_again": closing_wishes.place_again,
    "reconcile": wishes.reconcile,
    "screen": screen,
    "buy": manual.buy,
    "sell": manual.sell,
    "adopt": adopting.adopt,
    "simulate": simulating.simulate,
    "margin": margin,
}
"""What each request does; None: it goes on at the next turn."""

log = logger(__name__)


class Requests:
    """Carries requests out.

    Attributes:
        are_open: Whether any is being worked on.
    """

    def __init__(self, around: Around) -> None:
        """Know of none.

        Args:
            around: What the desk works with.
        """
        self.are_open = False
        self._around = around
        self._margins = MarginWatch(around)

    def turn(self) -> bool:
        """Take every request a step further.

        Returns:
            Whether anything was told.

        Raises:
            LedgerUnavailable: The ledger cannot be used now; nothing is half done.
        """
        with self._around.ledger.reading() as connection:
            found = [
                *rows.waiting(SYSTEM, connection, state="WORKING"),
                *rows.waiting(SYSTEM, connection, state="WAITING"),
            ]
        found = [each for each in found if self._around.held.has_portfolio(each.portfolio)]
        done = [self._step(each) for each in found]
        self.are_open = not all(done)
        return self._margins.turn(found) or any(done)

    def _step(self, request: Request) -> bool:
        """Take one request a step further; tells whether it is settled."""
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._around.time.now())
            wish = Wish(around=self._around, work=work, request=request, sends=[], cancels=[], reconcile=[])
            try:
                with connection.begin_nested():
                    done = self._do(wish)
            except TradingError as error:
                wish = msgspec.structs.replace(wish, sends=[], cancels=[], reconcile=[])
                log.info("request refused", request=request.uid, because=error)
                done = Done(error.worded(wish.language), is_refused=True)
            if done is None:
                rows.settle(SYSTEM, work, request.uid, "WORKING", "")
            else:
                self._settle(work, request, done)
        for uid in wish.cancels:
            self._around.orders.cancel(uid, reason=CANCEL_REASON)
        for uid in wish.sends:
            self._around.orders.send(uid)
        for account in wish.reconcile:
            self._around.orders.reconcile_now(account)
        return done is not None

    def _do(self, wish: Wish) -> Done | None:
        """Do what is wanted, as far as it goes now; raises TradingError."""
        return STEPS[wish.request.kind](wish)

    def _settle(self, work: Work, request: Request, done: Done) -> None:
        """Write and tell what became of a request."""
        rows.settle(SYSTEM, work, request.uid, "REFUSED" if done.is_refused else "DONE", done.text)
        log.info("request settled", request=request.uid, kind=request.kind, is_refused=done.is_refused)
        user = standing(SYSTEM, work.connection, request.portfolio).user
        sign = "✖" if done.is_refused else "✔"
        notice = Notice(id=f"request-{request.uid}", kind=KIND, text=f"{sign} {done.text}")
        tell(work, user, notice)
