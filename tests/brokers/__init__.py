"""The brokers: the loop that they share, the contract that each keeps, and each one's own."""

import pytest

pytest.register_assert_rewrite("tests.brokers.contract", "tests.brokers.faults_contract")
