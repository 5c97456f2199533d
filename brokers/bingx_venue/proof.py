"""Whose account the key is of, and what it may do: it must trade, and must be able neither to withdraw nor to transfer.

Follows BingX's "Query API key permissions" and, where that is not to be had, the older "Query the information of an API
key" (read 2026-11).

Quirks: the newer call is documented with a switch for each right, and with numbers as the older one has them: 1 spot,
2 reading, 3 perpetuals, 4 universal transfer, 5 withdrawal, 7 internal transfer; 6 is not documented. A key of the demo
is the key of the live account.
"""

from typing import Final

import msgspec

from brokers.bingx_venue.access import Access
from brokers.bingx_venue.account import Account
from brokers.bingx_venue.errors import KEY_CURE
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.symbols import VIRTUAL
from brokers.venue import Busy, Denied, Malformed, Refused, VenueError
from bus import reasons
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource

PERMISSIONS = "/openApi/v1/account/apiPermissions"
KEYS = "/openApi/account/v1/apiKey/query"
RIGHTS_FOR_S = 600.0
OTHER_ACCOUNT, KEY_RIGHTS, KEY_REFUSED = "other_account", "key_rights", "key_refused"
"""This program's words for why it is not let in."""
SPOT, READING, FUTURES, UNIVERSAL, WITHDRAWAL, INTERNAL = 1, 2, 3, 4, 5, 7
FORBIDDEN: Final = {
    WITHDRAWAL: "Withdraw",
    UNIVERSAL: "Universal Transfer",
    INTERNAL: "Sub-account/Internal Transfer",
}

log = logger(__name__)


class _Permissions(msgspec.Struct, rename="camel"):
    """What a key may do: by the older list's numbers, or a switch for each; with neither whole nothing is known."""

    permissions: tuple[int, ...] | None = None
    enable_reading: bool | None = None
    enable_futures: bool | None = None
    enable_spot_and_margin_trading: bool | None = None
    enable_withdrawals: bool | None = None
    enable_internal_transfer: bool | None = None
    permits_universal_transfer: bool | None = None

    @property
    def rights(self) -> frozenset[int] | None:
        """The rights by their numbers, whichever way each is told; None where they are not all told."""
        switches = {
            SPOT: self.enable_spot_and_margin_trading,
            READING: self.enable_reading,
            FUTURES: self.enable_futures,
            UNIVERSAL: self.permits_universal_transfer,
            WITHDRAWAL: self.enable_withdrawals,
            INTERNAL: self.enable_internal_transfer,
        }
        told = frozenset(right for right, is_on in switches.items() if is_on)
        if self.permissions is not None:
            return told | frozenset(self.permissions)
        return None if None in switches.values() else told


class _Key(msgspec.Struct, rename="camel"):
    """One key of the account."""

    api_key: str
    permissions: tuple[int, ...]


class _Keys(msgspec.Struct, rename="camel"):
    """All keys of the account."""

    api_infos: tuple[_Key, ...]


_permissions = msgspec.json.Decoder(_Permissions)
_keys = msgspec.json.Decoder(_Keys)


class Proof:
    """Proves the account before anything is ordered, and from time to time again."""

    def __init__(self, rest: Rest, access: Access, *, account: Account, time: TimeSource = SYSTEM_TIME) -> None:
        """Nothing is proven yet.

        Args:
            rest: Calls BingX.
            access: The key, and whose it must be.
            account: Tells the account's number.
            time: The clocks.
        """
        self._rest = rest
        self._access = access
        self._account = account
        self._time = time
        self._rights_at: float | None = None

    async def check(self) -> str:
        """Make sure that BingX answers, and that the key is what it must be.

        Returns:
            The account's number, with VST before it in the demo.

        Raises:
            Denied: The key is of another account, may do too much, or too little; says what to change.
            VenueError: BingX could not be asked.
        """
        try:
            await self._rest.measure_if_due()
            uid = await self._account.number()
            wanted = self._access.subaccount
            if wanted and uid != wanted:
                raise Denied("the key is of another account than BINGX_SUBACCOUNT_ID", code=OTHER_ACCOUNT)
            await self._check_rights()
        except VenueError as error:
            raise _told(error) from None
        return uid if self._access.is_live else f"{VIRTUAL}{uid}"

    async def _check_rights(self) -> None:
        """Look at the key's rights, where that was long ago."""
        now_s = self._time.monotonic()
        if self._rights_at is not None and now_s - self._rights_at < RIGHTS_FOR_S:
            return
        try:
            rights = await self._rights()
        except Busy as error:
            if self._rights_at is None:
                raise
            log.info("rights not asked again", reason=error.reason, code=error.code)
            return
        self._rights_at = None
        if rights is not None:
            _judge(rights, is_live=self._access.is_live)
        elif self._access.is_live:
            raise Denied("BingX does not say what the key may do: make a new one", code=KEY_RIGHTS)
        else:
            log.warning("rights not known", why="the demo does not tell them")
        self._rights_at = now_s

    async def _rights(self) -> frozenset[int] | None:
        """Ask what the key may do, in the older list's numbers; None where neither list is to be had."""
        try:
            told = _permissions.decode(await self._rest.get(PERMISSIONS)).rights
        except (msgspec.DecodeError, UnicodeDecodeError, Malformed, Refused):
            told = None
        return await self._older_rights() if told is None else told

    async def _older_rights(self) -> frozenset[int] | None:
        """Ask for the older list; None where it is not to be had, or this key is not in it."""
        try:
            told = _keys.decode(await self._rest.get(KEYS))
        except (msgspec.DecodeError, UnicodeDecodeError, Malformed, Refused):
            return None
        ours = self._access.key.reveal()
        return next((frozenset(each.permissions) for each in told.api_infos if each.api_key == ours), None)


def _told(error: VenueError) -> VenueError:
    """Return an error with a word of ours for its code, since what is told of a connection has no spaces."""
    log.info("not proven", reason=error.reason, code=error.code)
    is_key = isinstance(error, Denied) and error.reason != reasons.TLS_ERROR
    word = error.code if error.code in {OTHER_ACCOUNT, KEY_RIGHTS} else KEY_REFUSED
    code = word if is_key else error.code.replace(" ", "_")
    return type(error)(error.reason, code=code, retry_after_s=error.retry_after_s)


def _judge(rights: frozenset[int], *, is_live: bool) -> None:
    """Refuse a key that may do too much, or too little."""
    if too_much := [name for right, name in FORBIDDEN.items() if right in rights]:
        raise Denied(f"the key may move money away: switch off {', '.join(too_much)} ({KEY_CURE})", code=KEY_RIGHTS)
    if READING not in rights:
        raise Denied(f"the key may not read: switch on Read ({KEY_CURE})", code=KEY_RIGHTS)
    if FUTURES in rights or (is_live and SPOT in rights):
        return
    wanted = "Perpetual Futures Trading or Spot Trading" if is_live else "Perpetual Futures Trading"
    raise Denied(f"the key may not trade: switch on {wanted} ({KEY_CURE})", code=KEY_RIGHTS)
