"""What each library raises with a secret in it, and that nothing of the secret is in what we raise and log instead."""

import logging
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NoReturn

import httpx
import pytest
from okx.exceptions import OkxAPIException, OkxRequestException
from pybit.exceptions import FailedRequestError, InvalidRequestError

from bus.log import SILENCED, logger
from bus.settings import Secret
from collectors.bybit import Bybit
from collectors.egress.requests_session import RequestsGate, get, open_session
from collectors.errors import PlatformError
from collectors.okx import Okx
from collectors.source import Deadline
from sandbox.control.client import Sandbox
from tests.collectors import test_bybit, test_okx, test_tbank

SECRET = "s3cret0123456789abcdef"
CLOSED = "http://127.0.0.1:9"
ENOUGH_S = 5.0

Raise = Callable[[], object]


def raised(call: Raise) -> Exception:
    """Return what a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each library has its own
        call()
    return caught.value


def leaks(error: Exception) -> bool:
    """Tell whether a foreign error holds the secret: in its text, or in the request or answer that hangs on it."""
    request, response = getattr(error, "request", ""), getattr(error, "response", "")
    held = (error, getattr(request, "url", request), getattr(request, "headers", ""), getattr(response, "text", ""))
    return any(SECRET in str(each) or SECRET in repr(each) for each in held)


@pytest.fixture
def says_nothing(caplog: pytest.LogCaptureFixture) -> Callable[[Raise], None]:
    """Give a check that a call raises an error of ours, and that neither it nor the log at DEBUG holds the secret."""
    caplog.set_level(logging.DEBUG)
    for name in SILENCED:  # as bus.log.set_up does in every process
        caplog.set_level(logging.CRITICAL, logger=name)

    def check(call: Raise) -> None:
        error = raised(call)
        assert isinstance(error, PlatformError)
        logger("tests").crash("unexpected", error)
        logger("tests").warning("failed", reason=error.reason, code=error.code)
        said = [caplog.text, str(error), repr(error), error.code, *traceback.format_exception(error)]
        assert SECRET not in "\n".join(said)
        assert not leaks(error)

    return check


def raising(error: Exception) -> Raise:
    """Return a call that raises this."""

    def call() -> NoReturn:
        raise error

    return call


# --- requests


@pytest.mark.parametrize("where", ["the address", "a header", "a body that is cut", "a redirect"])
def test_a_token_in_an_address_or_a_header_of_requests_is_in_no_error(
    sandbox: Sandbox, says_nothing: Callable[[Raise], None], where: str
) -> None:
    """Fault 70: requests."""
    base = CLOSED if where == "the address" else sandbox.addresses["tbank"]
    session = open_session(RequestsGate(base, [("GET", "/x")]))
    if where == "a header":
        session.headers["Authorization"] = f"Bearer {SECRET}\n"
    sandbox.fault("tbank", "redirect" if where == "a redirect" else "cut")

    if where in {"the address", "a header"}:
        assert leaks(raised(lambda: session.get(f"{base}/x", params={"t": SECRET})))
    says_nothing(lambda: get(session, f"{base}/x", {"t": SECRET}))


def test_a_token_in_the_headers_of_a_post_is_in_no_error(
    sandbox: Sandbox, says_nothing: Callable[[Raise], None]
) -> None:
    """Fault 70: requests, with a token in a header that cannot be sent."""
    tbank = test_tbank.build(sandbox.addresses["tbank"])
    tbank.session.headers["Authorization"] = f"Bearer {SECRET}\n"

    assert leaks(raised(lambda: tbank.session.post(f"{sandbox.addresses['tbank']}/rest/x")))
    says_nothing(lambda: tbank.fetch(Deadline(ENOUGH_S)))


# --- httpx, python-okx


def okx_with(address: str, *, key: str = SECRET) -> Okx:
    settings = test_okx.settings(address)
    changed = {name: getattr(settings, name) for name in settings.__struct_fields__} | {"okx_api_key": Secret(key)}
    return test_okx.opened(type(settings)(**changed))


@pytest.fixture(autouse=True)
def _closing() -> Iterator[None]:
    yield
    while test_okx.OPENED:
        test_okx.OPENED.pop().client.close()


def test_a_key_in_the_headers_of_httpx_is_in_no_error(says_nothing: Callable[[Raise], None]) -> None:
    """Fault 70: httpx, with the key in its headers."""
    okx = okx_with(CLOSED)
    client: Any = okx.client

    assert leaks(raised(client.get_account_config))
    says_nothing(lambda: okx.fetch(Deadline(ENOUGH_S)))


@pytest.mark.parametrize("key", [f"{SECRET}\n", f"{SECRET}ключ"])
def test_a_key_that_no_header_can_carry_is_in_no_error(says_nothing: Callable[[Raise], None], key: str) -> None:
    """Fault 70: httpx, which the gate asks for nothing with such a key."""
    okx = okx_with(CLOSED, key=key)

    says_nothing(lambda: okx.fetch(Deadline(ENOUGH_S)))


def test_what_python_okx_raises_with_the_whole_request_is_in_no_error(says_nothing: Callable[[Raise], None]) -> None:
    """Fault 70: python-okx."""
    okx = okx_with(CLOSED)
    request = httpx.Request("GET", f"{CLOSED}/?t={SECRET}", headers={"OK-ACCESS-KEY": SECRET})
    bodies = ({"json": {"code": "1", "msg": SECRET}}, {"text": f"<html>{SECRET}"})
    errors = [OkxAPIException(httpx.Response(400, request=request, **body)) for body in bodies]

    for error in (*errors, OkxRequestException(SECRET)):
        assert leaks(error)
        says_nothing(partial(okx._ask, raising(error)))


# --- pybit


@pytest.mark.parametrize("kind", [FailedRequestError, InvalidRequestError])
def test_what_pybit_raises_with_request_and_headers_is_in_no_error(
    says_nothing: Callable[[Raise], None], kind: Callable[..., Exception]
) -> None:
    """Fault 70: pybit, with the request and the headers in its errors."""
    bybit = Bybit(test_bybit.settings(CLOSED))
    error = kind(
        request=f"GET {CLOSED}/v5/user/query-api: api_key={SECRET}",
        message=f"origin_string[{SECRET}]",
        status_code=10004,
        time="09:30:00",
        resp_headers={"X-Key": SECRET},
    )

    assert leaks(error)
    says_nothing(lambda: bybit._ask(raising(error)))


def test_what_pybit_raises_by_itself_on_a_refusal_is_in_no_error(
    sandbox: Sandbox, says_nothing: Callable[[Raise], None]
) -> None:
    """Fault 70: pybit, as it raises by itself on a refusal whose text repeats the key."""
    bybit = Bybit(test_bybit.settings(sandbox.addresses["bybit"]))
    bybit.client.client.hooks["response"] = []
    sandbox.fault("bybit", "status", status=200, body=f'{{"retCode":10004,"retMsg":"origin[{SECRET}]","result":{{}}}}')

    assert leaks(raised(bybit.client.get_api_key_information))
    says_nothing(lambda: bybit.fetch(Deadline(ENOUGH_S)))
