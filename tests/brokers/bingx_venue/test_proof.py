"""Whose account the key is of and what it may do, proven before anything is ordered."""

import asyncio
import contextlib
import re

import pytest
from aiohttp import web

from brokers.bingx_venue.account import Account
from brokers.bingx_venue.proof import RIGHTS_FOR_S, Proof
from brokers.bingx_venue.rest import Rest
from brokers.venue import Busy, Denied, VenueError
from sandbox.bingx.state import FUTURES_TRADING, READING, SPOT_TRADING, UID
from tests.brokers.bingx_venue.pretend import Later, Pretend, access, answering, pretend

PERMISSIONS, KEYS = "/openApi/v1/account/apiPermissions", "/openApi/account/v1/apiKey/query"
RIGHTS = [READING, SPOT_TRADING, FUTURES_TRADING]


def proof_of(rest: Rest, *, bingx: Pretend, is_live: bool, subaccount: str = "", time: Later | None = None) -> Proof:
    """Return the proof of the pretend account."""
    how = access(bingx.service.url, is_live=is_live, subaccount=subaccount)
    return Proof(rest, how, account=Account(rest, is_live=is_live), time=time or Later())


def proven(*, is_live: bool = True, subaccount: str = "", fault: str = "", **state: object) -> str:
    """Return the number that is proven."""

    async def play() -> str:
        async with pretend(is_demo=not is_live, **state) as bingx, Rest(access(bingx.service.url)) as rest:
            if fault:
                await bingx.fail("code", path=fault, code="100400", times=-1)
            return await proof_of(rest, bingx=bingx, is_live=is_live, subaccount=subaccount).check()

    return asyncio.run(play())


def refused(**how: object) -> VenueError:
    """Return why the key is not let in."""
    is_live, fault = how.pop("is_live", True), str(how.pop("fault", ""))
    with pytest.raises(VenueError) as raised:
        proven(is_live=bool(is_live), subaccount=str(how.pop("subaccount", "")), fault=fault, **how)
    return raised.value


def test_the_number_is_the_accounts_with_vst_before_it_in_the_demo() -> None:
    assert proven() == UID
    assert proven(is_live=False) == f"VST{UID}"


def test_an_account_of_real_money_is_no_demo_whatever_the_settings_say() -> None:
    async def play() -> None:
        async with pretend(is_demo=False) as bingx, Rest(access(bingx.service.url)) as rest:
            await proof_of(rest, bingx=bingx, is_live=False).check()

    with pytest.raises(Denied, match="no virtual money"):
        asyncio.run(play())


def test_a_key_of_another_account_is_refused_without_telling_which() -> None:
    error = refused(subaccount="123")

    assert isinstance(error, Denied)
    assert (error.code, UID in str(error)) == ("other_account", False)
    assert proven(subaccount=UID) == UID


@pytest.mark.parametrize(
    ("right", "switch"),
    [
        ("enableWithdrawals", "Withdraw"),
        ("permitsUniversalTransfer", "Universal Transfer"),
        ("enableInternalTransfer", "Internal Transfer"),
    ],
)
@pytest.mark.parametrize("fault", ["", PERMISSIONS])
def test_a_key_that_can_move_money_away_is_refused_with_what_to_switch_off(right: str, switch: str, fault: str) -> None:
    error = refused(rights=[*RIGHTS, right], fault=fault)

    assert isinstance(error, Denied)
    assert error.code == "key_rights"
    assert f"{switch} (BingX, Account, API Management)" in error.reason


@pytest.mark.parametrize(
    ("is_live", "rights", "wanted"),
    [
        (True, [READING], "Perpetual Futures Trading or Spot Trading"),
        (False, [READING, SPOT_TRADING], "Perpetual Futures Trading"),
    ],
)
def test_a_key_that_cannot_trade_is_refused_with_what_to_switch_on(
    is_live: bool,
    rights: list[str],
    wanted: str,
) -> None:
    error = refused(is_live=is_live, rights=rights)

    assert isinstance(error, Denied)
    assert f"switch on {wanted}" in error.reason


def test_a_live_key_may_have_one_of_the_two_rights_alone() -> None:
    assert proven(rights=[READING, FUTURES_TRADING]) == UID
    assert proven(rights=[READING, SPOT_TRADING]) == UID


def test_the_older_list_is_asked_where_the_newer_is_not_to_be_had() -> None:
    assert proven(fault=PERMISSIONS) == UID


def test_a_switch_that_a_list_of_numbers_keeps_quiet_about_counts() -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        told = {"permissions": [1, 2, 3], "enableWithdrawals": True}
        data = told if request.path == PERMISSIONS else [{"asset": "USDT", "userId": 77}]
        return web.json_response({"code": 0, "msg": "", "data": data})

    async def play() -> None:
        async with answering(tell) as server, Rest(access(server.url)) as rest:
            with pytest.raises(Denied, match="Withdraw"):
                await Proof(rest, access(server.url), account=Account(rest, is_live=True)).check()

    asyncio.run(play())


@pytest.mark.parametrize(("rights", "is_fine"), [([1, 2, 3], True), ([1, 2, 3, 5], False), ([2], False)])
def test_rights_may_be_told_as_numbers_by_the_newer_call_too(rights: list[int], *, is_fine: bool) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        data = {"permissions": rights} if request.path == PERMISSIONS else [{"asset": "USDT", "userId": 77}]
        return web.json_response({"code": 0, "msg": "", "data": data})

    async def play() -> None:
        async with answering(tell) as server, Rest(access(server.url)) as rest:
            proof = Proof(rest, access(server.url), account=Account(rest, is_live=True))
            with contextlib.nullcontext() if is_fine else pytest.raises(Denied):
                assert await proof.check() == "77"

    asyncio.run(play())


def test_a_live_key_of_which_nothing_is_told_is_refused_and_one_of_the_demo_is_not() -> None:
    assert refused(fault="/account/").code == "key_rights"
    assert proven(is_live=False, fault="/account/") == f"VST{UID}"


@pytest.mark.parametrize("state", [{"api_key": "another"}, {"api_secret": "another"}, {"ips": ["198.51.100.1"]}])
def test_a_key_that_is_wrong_says_so_with_one_word(state: dict[str, object]) -> None:
    error = refused(**state)

    assert isinstance(error, Denied)
    assert error.code == "key_refused"


def test_no_word_for_a_connection_that_fails_has_a_space() -> None:
    async def play() -> VenueError:
        async with pretend() as bingx, Rest(access(bingx.service.url)) as rest:
            await bingx.fail("status", status=503, times=-1)
            with pytest.raises(Busy) as raised:
                await proof_of(rest, bingx=bingx, is_live=True).check()
            return raised.value

    assert re.fullmatch(r"\S+", asyncio.run(play()).code)


def test_rights_are_asked_again_after_ten_minutes_only_and_a_new_one_is_noticed() -> None:
    async def play() -> None:
        async with pretend() as bingx, Rest(access(bingx.service.url)) as rest:
            time = Later()
            proof = proof_of(rest, bingx=bingx, is_live=True, time=time)
            await proof.check()
            bingx.service.change({"rights": [*RIGHTS, "enableWithdrawals"]})
            await proof.check()
            assert bingx.asked(PERMISSIONS) == 1

            time.ahead_s = RIGHTS_FOR_S
            with pytest.raises(Denied):
                await proof.check()
            with pytest.raises(Denied):
                await proof.check()

    asyncio.run(play())


def test_a_rate_limit_of_the_rights_alone_takes_a_proven_account_not_away() -> None:
    async def play() -> None:
        async with pretend() as bingx, Rest(access(bingx.service.url)) as rest:
            time = Later()
            proof = proof_of(rest, bingx=bingx, is_live=True, time=time)
            await proof.check()
            time.ahead_s = RIGHTS_FOR_S
            await bingx.fail("code", path=PERMISSIONS, code="100410", times=1)

            assert await proof.check() == UID

    asyncio.run(play())
