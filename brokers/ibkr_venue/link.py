"""The link to the gateway: connected, proven to be the account, and told when it is ill.

    link = Link("127.0.0.1", 4002, client_id=1, number="DU1234567")
    is_live = await link.connect()          the loop asks again and again: that is how it learns of an illness, too
    link.must_be_well()                     raises while there is one
    ib = await link.turn()                  a place among what may be sent; then send at once: ib.placeOrder(...)
    trades = await link.ask(OPEN_ORDERS, lambda ib: ib.reqAllOpenOrdersAsync())
    link.listen(queue.put_nowait)           a Heard for each thing that the gateway says by itself

Each connection is a new `IB()`: what ib_async remembers of one is empty after it is lost, and never read as "nothing".
An illness (lost, or the gateway has lost its servers) lasts until `connect` has raised it once and has then returned:
so the loop tells of each, however short, and execution compares orders, executions and positions before it goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ib_async import IB, Contract, ExecutionFilter

from brokers.ibkr_venue import states
from brokers.ibkr_venue.connection import ACCOUNT_VALUES, OPEN_ORDERS, USUAL, Connection, LinkPace
from brokers.ibkr_venue.heard import Heard, hear
from brokers.ibkr_venue.opening import Address, shake_hands
from brokers.venue import VenueError
from bus.log import logger

Answer = TypeVar("Answer")
QUOTES_BACK_S: Final = 900.0
"""So long after the last 10197 the quotes are taken for the other session's, where nobody has asked for one since."""

log = logger(__name__)


class Link:
    """One connection of ib_async to a gateway; made again for as long as it is lost."""

    def __init__(self, host: str, port: int, *, client_id: int, number: str, pace: LinkPace = USUAL) -> None:
        """Connect to nothing yet.

        Args:
            host: Where the gateway listens.
            port: Its port.
            client_id: Under which number this program speaks to it.
            number: The account's number, such as DU1234567.
            pace: How long to wait.
        """
        self.number = number
        self.account = ""
        self._address = Address(host=host, port=port, client_id=client_id)
        self._pace = pace
        self._connection: Connection | None = None
        self._illness: VenueError | None = states.error(states.CONNECTING)
        self._is_told = True
        self._is_cut = False
        self._competing_at_s: float | None = None
        self._listeners: list[Callable[[Heard], None]] = []
        self._watching: asyncio.Task[None] | None = None

    @property
    def ib(self) -> IB:
        """Return the present connection.

        Raises:
            VenueError: There is none.
        """
        return self._present().ib

    @property
    def client_id(self) -> int:
        """Return under which number this program speaks to the gateway."""
        return self._address.client_id

    def hindrance(self) -> VenueError | None:
        """Return what hinders although orders go on: another session that has the quotes; None for nothing."""
        if self._competing_at_s is None:
            return None
        if asyncio.get_running_loop().time() - self._competing_at_s > QUOTES_BACK_S:
            return None
        return states.error(states.COMPETING)

    def quotes_are_back(self) -> None:
        """Note that a quote was had: no other session has them."""
        self._competing_at_s = None

    def remember(self, account: str) -> None:
        """Remember the account that execution has last asked for: what the gateway says by itself is of that one.

        Args:
            account: Its uid in the ledger.
        """
        self.account = account

    def listen(self, listener: Callable[[Heard], None]) -> None:
        """Have everything told that is heard from now on, over all connections.

        Args:
            listener: Is called in the midst of reading; it takes note and never waits, and sends nothing.
        """
        self._listeners.append(listener)

    async def connect(self) -> bool:
        """Connect, or make sure that it still is; prove the account.

        Returns:
            Whether the account is a live one.

        Raises:
            VenueError: `code` is a word of `states`. An illness that is over is raised once all the same.
        """
        if self._illness is not None and not self._is_told:
            self._is_told = True
            raise states.again(self._illness)
        try:
            if self._connection is None:
                self._connection = await self._open()
            if self._is_cut:
                raise states.error(states.LOST_SERVERS)
        except VenueError as error:
            self._illness, self._is_told = error, True
            raise states.again(error) from None
        if self._illness is not None:
            self._illness = None
            self._tell(Heard(kind="WELL"))
        return states.is_live(self.number)

    def must_be_well(self) -> None:
        """Return where all is well.

        Raises:
            VenueError: It is not, or was not and the loop has not told so yet.
        """
        if self._illness is not None:
            raise states.again(self._illness)

    async def turn(self, messages: int = 1, *, can_wait: bool = False) -> IB:
        """Wait until messages may be sent.

        Args:
            messages: How many.
            can_wait: Whether they go behind all else that can wait; orders and cancels cannot.

        Returns:
            The connection; they are to be sent on it at once, before anything is waited for.

        Raises:
            VenueError: The link is not well; nothing was sent.
        """
        self.must_be_well()
        ib = await self._present().turn(messages, can_wait=can_wait)
        self.must_be_well()
        return ib

    async def ask(self, what: str, question: Callable[[IB], Awaitable[Answer]], *, within_s: float = 0.0) -> Answer:
        """Ask the gateway, and wait for the whole answer.

        Args:
            what: The name of a list (`connection.POSITIONS` and so on); empty for a question with a number.
            question: Sends one message, and waits for its answer.
            within_s: The most that it may take; 0 for the usual.

        Returns:
            The answer; empty means that the gateway said so.

        Raises:
            VenueError: The link is not well, was lost meanwhile, or there is no answer; `code` is the API's number
                where it says why.
        """
        self.must_be_well()
        answer = await self._present().ask(what, question, within_s=within_s)
        self.must_be_well()
        return answer

    def _present(self) -> Connection:
        """Return the connection; raise why there is none."""
        if self._connection is None:
            raise states.again(self._illness or states.error(states.CONNECTING))
        return self._connection

    async def _open(self) -> Connection:
        """Open a new connection, prove the account, and read the lists of the start; or raise, connected to nothing."""
        connection = Connection(pace=self._pace)
        self._is_cut = False
        hear(connection, lambda heard: self._take_in(connection, heard))
        connection.ib.disconnectedEvent += lambda: self._lose(connection)
        try:
            await shake_hands(connection.ib, self._address, within_s=self._pace.open_s)
            if self.number not in connection.ib.managedAccounts():
                raise states.error(states.WRONG_ACCOUNT)
            await self._read_start(connection)
        except BaseException:
            connection.give_up(states.DROPPED)
            raise
        if connection.why_lost:
            raise states.error(connection.why_lost)
        self._watching = asyncio.ensure_future(connection.watch())
        self._watching.add_done_callback(_ended)
        return connection

    async def _read_start(self, connection: Connection) -> None:
        """Read what ib_async must know of the account: its orders first, or their executions belong to none."""

        def refused(_request: int, number: int, _text: str, _contract: Contract | None) -> None:
            """Give up at once where the orders may not be asked for: that has no answer besides."""
            if number == states.INVALID_REQUEST:
                connection.give_up(states.READ_ONLY)

        connection.ib.errorEvent += refused
        try:
            async with asyncio.timeout(self._pace.open_s):
                await asyncio.gather(
                    connection.ask(OPEN_ORDERS, lambda ib: ib.reqAllOpenOrdersAsync()),
                    connection.ask(ACCOUNT_VALUES, lambda ib: ib.reqAccountUpdatesAsync(self.number)),
                )
                await connection.ask("", lambda ib: ib.reqExecutionsAsync(ExecutionFilter()))
        except TimeoutError:
            raise states.error(states.SILENT) from None
        finally:
            connection.ib.errorEvent -= refused

    def _take_in(self, connection: Connection, heard: Heard) -> None:
        """Note what the gateway's word means for the link, and tell it on."""
        if heard.number in states.SERVERS_LOST | states.SERVERS_BACK:
            self._is_cut = heard.number in states.SERVERS_LOST
            if connection is self._connection:
                self._fall_ill(states.LOST_SERVERS)
        elif heard.number == states.COMPETING_SESSION:
            self._competing_at_s = asyncio.get_running_loop().time()
        self._tell(heard)

    def _lose(self, connection: Connection) -> None:
        """Note that a connection was lost."""
        connection.why_lost = connection.why_lost or states.DROPPED
        if connection is self._connection:
            self._connection = None
            self._fall_ill(connection.why_lost)

    def _fall_ill(self, why: str) -> None:
        """Note an illness, to be told by `connect` once, unless it is known already."""
        log.warning("the link is not well", code=why)
        self._is_told = self._is_told and self._illness is not None
        self._illness = states.error(why)
        self._tell(Heard(kind="LOST"))

    def _tell(self, heard: Heard) -> None:
        """Tell everybody who listens."""
        for listener in self._listeners:
            listener(heard)


def _ended(task: "asyncio.Task[None]") -> None:
    """Hand an error that nobody foresaw to the event loop, which ends the process."""
    if not task.cancelled() and (error := task.exception()) is not None:
        asyncio.get_running_loop().call_exception_handler({"message": "watching failed", "exception": error})
