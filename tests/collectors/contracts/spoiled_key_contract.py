"""What a collector promises about a key that was copied wrongly and that no header can carry."""

from typing import ClassVar

import pytest

from bus import reasons
from bus.settings import Secret
from collectors.errors import Denied
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox

ENOUGH_S = 10.0


class SpoiledKeyContract:
    """The promises of collectors that send a key in a header and sign with a secret.

    Attributes:
        service: The pretend service.
        api_key: Its true key.
        sent: The settings that are sent as they are; the first one is that of the key.
        signing: The setting that only signs, which nobody can find wrong before it is used.
    """

    service: ClassVar[str]
    api_key: ClassVar[str]
    sent: ClassVar[tuple[str, ...]]
    signing: ClassVar[str]

    def with_secrets(self, address: str, **secrets: Secret) -> Source:
        """Make the collector with some secrets other than the true ones."""
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Turn the settings into one test each."""
        if "spoiled" in metafunc.fixturenames:
            metafunc.parametrize("spoiled", (*self.sent, self.signing))

    def test_a_key_with_a_letter_that_is_not_ascii_is_a_bad_key(
        self, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, spoiled: str
    ) -> None:
        """Fault P8: told as a bad key with its cure, without a traceback, and nothing is sent with it."""
        source = self.with_secrets(sandbox.addresses[self.service], **{spoiled: Secret("SANDBOXкey")})

        with pytest.raises(Denied) as caught:
            source.fetch(Deadline(ENOUGH_S))

        assert caught.value.reason == reasons.BAD_KEY
        assert "key refused" in caplog.text
        assert len(sandbox.requests(self.service)) == (1 if spoiled == self.signing else 0)

    @pytest.mark.parametrize("form", ["{} ", " {}", "{}\n", "{}\u00e9"])
    def test_a_key_that_was_copied_with_something_around_it_is_a_bad_key(self, sandbox: Sandbox, form: str) -> None:
        """Fault P8: neither a lost connection nor an endless retry."""
        spoiled = {self.sent[0]: Secret(form.format(self.api_key))}
        source = self.with_secrets(sandbox.addresses[self.service], **spoiled)

        with pytest.raises(Denied) as caught:
            source.fetch(Deadline(ENOUGH_S))

        assert caught.value.reason == reasons.BAD_KEY
