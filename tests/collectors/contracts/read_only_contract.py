"""What a collector promises about its key, where the platform tells what a key may do."""

from typing import ClassVar, Literal

import pytest

from bus import reasons
from collectors import key
from collectors.errors import Busy, Denied, PlatformError
from collectors.key import Key
from collectors.source import Deadline, Keyed, Source
from sandbox.control.client import Sandbox

ENOUGH_S = 10.0
Policy = Literal["enforce", "warn", "off"]


def key_of(source: Source) -> Key:
    """Return a source's key; it has one."""
    assert isinstance(source, Keyed)
    return source.key


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
            source.fetch(Deadline(ENOUGH_S))

        assert caught.value.reason == reasons.KEY_CAN_TRADE
        assert self._asked(sandbox, self.balance_path) == 0

    def test_the_log_says_what_to_change_about_such_a_key(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
    ) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "enforce")

        with pytest.raises(Denied):
            source.prefetch(Deadline(ENOUGH_S))

        assert "key can trade" in caplog.text
        assert "cure=" in caplog.text

    def test_warn_reads_on_with_a_key_that_can_trade(self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "warn")

        source.fetch(Deadline(ENOUGH_S))

        assert "key can trade" in caplog.text

    def test_off_asks_nothing_about_the_key(self, sandbox: Sandbox) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, "off")

        source.prefetch(Deadline(ENOUGH_S))
        source.fetch(Deadline(ENOUGH_S))

        assert self._asked(sandbox, self.proof_path) == 0

    def test_a_key_is_proven_once_and_not_in_each_round(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")

        source.fetch(Deadline(ENOUGH_S))
        source.fetch(Deadline(ENOUGH_S))

        assert self._asked(sandbox, self.proof_path) == 1

    def test_preparing_proves_the_key_again(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prefetch(Deadline(ENOUGH_S))
        self.let_the_key_trade(sandbox)

        with pytest.raises(Denied):
            source.prefetch(Deadline(ENOUGH_S))
        with pytest.raises(Denied) as caught:
            source.fetch(Deadline(ENOUGH_S))

        assert caught.value.reason == reasons.KEY_CAN_TRADE

    def test_a_failed_proof_does_not_stop_a_key_that_was_proven(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prefetch(Deadline(ENOUGH_S))
        sandbox.fault(self.service, "html", status=502, path=self.proof_path)

        with pytest.raises(PlatformError):
            source.prefetch(Deadline(ENOUGH_S))

        assert source.fetch(Deadline(ENOUGH_S))

    def test_without_an_answer_about_the_key_there_is_no_balance(self, sandbox: Sandbox) -> None:
        sandbox.fault(self.service, "empty", path=self.proof_path)
        source = self.with_policy(sandbox.addresses, "enforce")

        with pytest.raises(PlatformError):
            source.fetch(Deadline(ENOUGH_S))

        assert self._asked(sandbox, self.balance_path) == 0

    def test_a_proof_that_is_busy_is_asked_for_again_before_the_first_balance(self, sandbox: Sandbox) -> None:
        sandbox.fault(self.service, "html", status=502, path=self.proof_path)
        source = self.with_policy(sandbox.addresses, "enforce")
        for work in (source.prefetch, source.fetch, source.fetch):
            with pytest.raises(Busy):
                work(Deadline(ENOUGH_S))
        balances = self._asked(sandbox, self.balance_path)
        sandbox.clear(self.service)

        assert source.fetch(Deadline(ENOUGH_S))
        assert balances == 0
        assert key_of(source).state.rights == key.READ_ONLY

    def test_a_proof_that_is_a_day_old_counts_no_more(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(key, "PROOF_LASTS_S", 0.0)
        source = self.with_policy(sandbox.addresses, "enforce")
        source.prefetch(Deadline(ENOUGH_S))
        sandbox.fault(self.service, "html", status=502, path=self.proof_path)

        with pytest.raises(Busy):
            source.fetch(Deadline(ENOUGH_S))

        assert self._asked(sandbox, self.balance_path) == 0

    def test_the_next_proof_comes_before_the_last_one_is_a_day_old(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")

        assert source.prefetch(Deadline(ENOUGH_S)) < key.PROOF_LASTS_S <= 24 * 60 * 60

    def test_what_the_key_may_do_is_told(self, sandbox: Sandbox) -> None:
        source = self.with_policy(sandbox.addresses, "enforce")
        before = key_of(source).state
        source.fetch(Deadline(ENOUGH_S))
        proven = key_of(source).state
        self.let_the_key_trade(sandbox)
        with pytest.raises(Denied):
            source.prefetch(Deadline(ENOUGH_S))

        assert (before.rights, before.proven_at) == (key.UNPROVEN, None)
        assert proven.rights == key.READ_ONLY
        assert proven.proven_at is not None
        assert key_of(source).state.rights == key.CAN_TRADE

    @pytest.mark.parametrize(("policy", "rights"), [("warn", key.CAN_TRADE), ("off", key.NOT_ASKED)])
    def test_a_key_that_is_read_with_all_the_same_is_told_as_what_it_is(
        self, sandbox: Sandbox, policy: Policy, rights: str
    ) -> None:
        self.let_the_key_trade(sandbox)
        source = self.with_policy(sandbox.addresses, policy)

        source.fetch(Deadline(ENOUGH_S))

        assert key_of(source).state.rights == rights
