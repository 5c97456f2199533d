"""Certificates that must not be trusted, at a server that speaks true TLS; and one that may, so that the others count.

The collectors trust the system's authorities; here these are replaced by one of our own, which has signed all but one
of the certificates, and which a machine keeps in a folder with links or in a bundle.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bus import reasons
from bus.settings import Secret
from collectors.errors import Busy, Denied, PlatformError
from collectors.source import Deadline, Source
from collectors.tbank import Settings as TbankSettings
from collectors.tbank import Tbank
from sandbox.tbank.account import TOKEN
from tests.collectors.everybody import BUILDERS, all_at, close_what_was_opened
from tests.pretend_authorities import CERTIFICATES, serving

ENOUGH_S = 10.0


@pytest.fixture
def serve(certificates: Path) -> Iterator[Callable[[str], str]]:
    """Give what starts a server with one of the certificates and returns its address."""
    with contextlib.ExitStack() as servers:
        yield lambda name: servers.enter_context(serving(certificates / f"{name}.pem"))
    close_what_was_opened()


@pytest.fixture(params=BUILDERS)
def build(
    request: pytest.FixtureRequest, certificates: Path, trusting_machine: None, tmp_path: Path
) -> Callable[[str], Source]:
    """Give a maker of each collector, which trusts our authority where the real one trusts the system's."""
    if request.param == "tbank":
        ca_file = str(certificates / "ca.pem")
        return lambda address: Tbank(
            TbankSettings(tbank_token=Secret(TOKEN), tbank_ca_file=ca_file, tbank_base_url=f"{address}/rest")
        )
    return lambda address: BUILDERS[request.param](all_at(address), tmp_path)


def failure_of(source: Source) -> PlatformError:
    """Fetch and return the error."""
    with pytest.raises(PlatformError) as caught:
        source.fetch(Deadline(ENOUGH_S))
    return caught.value


@pytest.mark.sampled(3)
def test_a_right_certificate_is_accepted(build: Callable[[str], Source], serve: Callable[[str], str]) -> None:
    """Fault 37: the other side, without which the refusals would prove nothing; and P6: a bundle and no links."""
    error = failure_of(build(serve("right")))

    assert isinstance(error, Busy)
    assert error.reason == reasons.MAINTENANCE


@pytest.mark.parametrize("certificate", [name for name in CERTIFICATES if name != "right"])
def test_a_certificate_that_is_not_right_is_refused_with_its_reason(
    build: Callable[[str], Source], serve: Callable[[str], str], certificate: str
) -> None:
    """Fault 37."""
    error = failure_of(build(serve(certificate)))

    assert isinstance(error, Denied)
    assert error.reason == reasons.TLS_ERROR
