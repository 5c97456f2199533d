"""What a collector promises about the end of its key where only the owner can tell it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from bus.settings import SettingsError
from collectors.key import Key


class OwnersDayContract:
    """The promises about the variable with the key's last day.

    Attributes:
        variable: Its name.
    """

    variable: ClassVar[str]

    def key_with(self, variables: Mapping[str, str]) -> Key:
        """Make the collector from valid settings and these variables; return its key."""
        raise NotImplementedError

    def test_the_day_is_the_owners_word(self) -> None:
        state = self.key_with({self.variable: "2027-02-28"}).state

        assert state.expires_at == datetime(2027, 2, 28, tzinfo=UTC)
        assert state.told_by == "owner"

    @pytest.mark.parametrize("variables", [True, False])
    def test_without_a_day_nobody_tells_it(self, variables: bool) -> None:
        state = self.key_with({self.variable: ""} if variables else {}).state

        assert (state.expires_at, state.told_by) == (None, "")

    @pytest.mark.parametrize(
        "day", ["28.02.2027", "2027-2-28", "2027-02-30", "20270228", "2027-02-28T10:00:00Z", "soon"]
    )
    def test_a_day_that_is_none_names_the_variable_and_what_to_write(self, day: str) -> None:
        with pytest.raises(SettingsError) as caught:
            self.key_with({self.variable: day})

        assert f"{self.variable} is not valid; write the day" in str(caught.value)
        assert "YYYY-MM-DD" in str(caught.value)
        assert day not in str(caught.value)
