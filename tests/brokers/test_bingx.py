"""The contract on the broker of BingX."""

from tests.brokers.bingx_subject import BingxSubject
from tests.brokers.contract import BrokerContract


class TestBingx(BingxSubject, BrokerContract):
    """All promises, with a perpetual in hedge mode."""
