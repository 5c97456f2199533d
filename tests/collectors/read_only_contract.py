"""What a collector promises about its key, where the platform tells what a key may do."""

from typing import ClassVar, Literal

import pytest

from bus import reasons
from collectors.errors import Denied, PlatformError
from collectors.source import Budget, Source
from sandbox.control import Sandbox

ENOUGH_S = 10.0
Policy = Literal["enforce", "warn", "off"]


class ReadOnlyContract:
    """The promises of collectors that prove their key.

    Attributes:
        service: The pretend service.
        proof_path: A piece of the path that tells the key's rights.
        balance_path: A piece of each path that tells an amount.
    """

    service: ClassVar[str]
    proof_path: ClassVar[str]
    balance_path: ClassVar[str]

    def with_policy(self, addresses: dict[str, str], policy: Policy) -> Source:
        """Make the collector with READ_ONLY_CHECK set to `policy`."""
        raise NotImplementedError

    def let_the_key_trade(self, sandbox: Sandbox) -> None:
        """Make the platform say that the key can do more than read."""
        raise NotImplementedError

    def _asked(self, sandbox: Sandbox, path: str) -> int:
        return sum(path in request.path for request in sandbox.requests(self.service))

    def test_a_key_that_can_trade_is_refused_before_a_balance_is_asked(self, sandbox: Sandbox) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "enforce")

        with pytest.raises(Denied) as caught:
            source.fetch(Budget(ENOUGH_S))

        assert caught.value.reason == reasons.KEY_CAN_TRADE
        assert self._asked(sandbox, self.balance_path) == 0

    def test_the_log_says_what_to_change_about_such_a_key(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "enforce")

        with pytest.raises(Denied):
            source.prepare(Budget(ENOUGH_S))

        assert "key can trade" in caplog.text
        assert "cure=" in caplog.text

    def test_warn_reads_on_with_a_key_that_can_trade(self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "warn")

        source.fetch(Budget(ENOUGH_S))

        assert "key can trade" in caplog.text

    def test_off_asks_nothing_about_the_key(self, sandbox: Sandbox) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "off")

        source.prepare(Budget(ENOUGH_S))
        source.fetch(Budget(ENOUGH_S))

        assert self._asked(sandbox, self.proof_path) == 0

    def test_a_key_is_proven_once_and_not_in_each_round(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")

        source.fetch(Budget(ENOUGH_S))
        source.fetch(Budget(ENOUGH_S))

        assert self._asked(sandbox, self.proof_path) == 1

    def test_preparing_proves_the_key_again(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prepare(Budget(ENOUGH_S))
        self.let_the_key_trade(sandbox)

        with pytest.raises(Denied):
            source.prepare(Budget(ENOUGH_S))
        with pytest.raises(Denied) as caught:
            source.fetch(Budget(ENOUGH_S))

        assert caught.value.reason == reasons.KEY_CAN_TRADE

    def test_a_failed_proof_does_not_stop_a_key_that_was_proven(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prepare(Budget(ENOUGH_S))
        sandbox.fault(self.service, "html", status=502, path=self.proof_path)

        with pytest.raises(PlatformError):
            source.prepare(Budget(ENOUGH_S))

        assert source.fetch(Budget(ENOUGH_S))

    def test_without_an_answer_about_the_key_there_is_no_balance(self, sandbox: Sandbox) -> None:
        sandbox.fault(self.service, "empty", path=self.proof_path)
        source = self.with_policy(sandbox.addresses, "enforce")

        with pytest.raises(PlatformError):
            source.fetch(Budget(ENOUGH_S))

        assert self._asked(sandbox, self.balance_path) == 0
