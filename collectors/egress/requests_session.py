"""One way out for the collectors that use requests (pybit included): bounded in time and size, to where it must go.

The gate is a transport adapter, so whatever builds the request - our code or an SDK - passes it: host, method and path
must be listed, the whole answer must arrive within the limits of time and size, redirects are never followed.
"""

import io
import os
from collections.abc import Iterable

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.exceptions import SSLError as UrllibSslError
from urllib3.exceptions import TimeoutError as UrllibTimeout

from bus import certificates, reasons
from collectors.egress.allowlist import NOT_SENDABLE, Allowlist, refuse_unsendable
from collectors.egress.limits import bounded, timeouts_s
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.source import Deadline
from collectors.wire.answer import refuse_status

USER_AGENT = "portfolio-bot/1.0 Python/3.11"
"""For services that refuse callers without a name of their own."""
CHUNK_BYTES = 65536


class RequestsGate(HTTPAdapter):
    """Lets through only the listed (method, path) pairs of one base URL; all else raises before a byte leaves."""

    def __init__(self, base_url: str, allowed: Iterable[tuple[str, str]]) -> None:
        """Remember what is allowed.

        Args:
            base_url: Scheme, host and the path that all others begin with.
            allowed: The (method, path) pairs; paths are relative to the base URL, without a query.
        """
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)
        self._allowed = Allowlist(base_url, allowed)
        self.deadline = Deadline(30)

    def send(  # noqa: PLR0913 - the signature is requests' own
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002
        timeout: object = None,  # noqa: ARG002
        verify: bool | str = True,
        cert: object = None,
        proxies: object = None,
    ) -> requests.Response:
        """Check the request, send it, and read the whole answer within the budget and the size limit."""
        self._allowed.check(request.method, request.url or "")
        refuse_unsendable(request.headers.values())
        response = super().send(
            request,
            stream=True,
            timeout=timeouts_s(self.deadline),
            verify=verify,
            cert=cert,  # type: ignore[arg-type]  # passed on as it came
            proxies=proxies,  # type: ignore[arg-type]  # passed on as it came
        )
        response.raw = io.BytesIO(self._whole(response))
        return response

    def _whole(self, response: requests.Response) -> bytes:
        """Return the answer's whole body, read and unpacked within the limits of time and size."""
        with response.raw as raw:
            chunks = iter(lambda: raw.read1(CHUNK_BYTES, decode_content=True), b"")
            return b"".join(bounded(chunks, self.deadline))


def system_ca() -> bool | str:
    """Return the path of the system's authorities; True, which stands for those of requests, where there are none."""
    found = certificates.find(os.environ)
    return found.path if found else True


def open_session(gate: RequestsGate, *, verify: bool | str | None = None) -> requests.Session:
    """Make a session that can only go through the gate.

    Args:
        gate: What is allowed.
        verify: A CA bundle's path for this client alone; None for the system's.

    Returns:
        A session that ignores proxies' credentials and CA variables of the environment and never follows a redirect.
    """
    session = requests.Session()
    return guard(session, gate, verify=verify)


def guard(session: requests.Session, gate: RequestsGate, *, verify: bool | str | None = None) -> requests.Session:
    """Put an existing session (an SDK's) behind the gate.

    Args:
        session: The session; what it could reach before is taken away.
        gate: What is allowed.
        verify: A CA bundle's path for this client alone; None for the system's.

    Returns:
        The same session.
    """
    session.adapters.clear()
    session.mount("http://", gate)
    session.mount("https://", gate)
    session.max_redirects = 0
    session.verify = system_ca() if verify is None else verify
    session.trust_env = False
    return session


def get(session: requests.Session, url: str, parameters: dict[str, str]) -> bytes:
    """Ask by GET, following no redirect.

    Args:
        session: One that goes through the gate.
        url: Without a query.
        parameters: The query.

    Returns:
        The whole body of an answer with status 200.

    Raises:
        PlatformError: Any other status, or what `translate` makes of a failed request.
    """
    try:
        response = session.get(url, params=parameters, allow_redirects=False)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise translate(error) from None
    refuse_status(response.status_code, response.headers)
    if response.status_code == 403:
        raise Denied(reasons.WRONG_REGION, code="HTTP 403")
    if response.status_code != 200:
        raise Malformed(reasons.BAD_ANSWER, code=f"HTTP {response.status_code}")
    return response.content


def translate(error: Exception) -> PlatformError:
    """Turn what requests and urllib3 raise into an error of ours; nothing of the original, which may hold a URL, stays.

    Args:
        error: The exception caught.

    Returns:
        The error to raise `from None`.
    """
    kind = type(error).__name__
    if isinstance(error, PlatformError):
        return error
    if isinstance(error, (requests.exceptions.InvalidHeader, UnicodeEncodeError)):
        return Denied(reasons.BAD_KEY, code=NOT_SENDABLE)  # nothing but a key is put into a header or a signature
    if isinstance(error, (requests.exceptions.SSLError, UrllibSslError)):
        return Denied(reasons.TLS_ERROR, code=kind)
    if isinstance(error, (requests.exceptions.Timeout, UrllibTimeout)):
        return Busy(reasons.TIMEOUT, code=kind)
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return Malformed(reasons.BAD_ANSWER, code="redirect")
    if isinstance(error, (DecodeError, requests.exceptions.ContentDecodingError)):
        return Malformed(reasons.BAD_ANSWER, code=kind)
    if isinstance(error, (requests.exceptions.ConnectionError, HTTPError, OSError)):
        return Busy(reasons.UNREACHABLE, code=kind)
    return Malformed(reasons.BAD_ANSWER, code=kind)
