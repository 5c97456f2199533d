"""The contract on the broker of Interactive Brokers."""

from tests.brokers.contract import BrokerContract
from tests.brokers.ibkr_subject import IbkrSubject


class TestIbkr(IbkrSubject, BrokerContract):
    """All promises, with fractions of a share that allows them."""
