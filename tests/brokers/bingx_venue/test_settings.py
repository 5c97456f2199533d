"""Where BingX is reached, by what is set."""

import pytest

from brokers.bingx import Settings
from bus.settings import NotConfigured, SettingsError, read

KEY = {"TRADING": "paper", "BINGX_API_KEY": "k" * 20, "BINGX_API_SECRET": "s" * 20}


def settings(**more: str) -> Settings:
    """Return what is read of an environment."""
    return read(Settings, {**KEY, **more})


def test_the_demo_is_the_usual_and_has_a_host_with_a_twin_and_no_stream_of_spot() -> None:
    demo = settings()

    assert not demo.is_live
    assert demo.hosts == ("https://open-api-vst.bingx.com", "https://open-api-vst.bingx.pro")
    assert demo.stream_url == "wss://vst-open-api-ws.bingx.com/swap-market"
    assert demo.spot_stream_url == ""


def test_live_is_said_and_has_both_streams() -> None:
    live = settings(BINGX_DEMO="no")

    assert live.hosts == ("https://open-api.bingx.com", "https://open-api.bingx.pro")
    assert live.stream_url == "wss://open-api-swap.bingx.com/swap-market"
    assert live.spot_stream_url == "wss://open-api-ws.bingx.com/market"


def test_an_address_that_is_set_has_no_twin_and_the_stream_of_spot_is_beside_the_other() -> None:
    set_ = settings(BINGX_DEMO="no", BINGX_BASE_URL="http://127.0.0.1:9", BINGX_WS_URL="ws://127.0.0.1:9/swap-market")

    assert set_.hosts == ("http://127.0.0.1:9",)
    assert set_.stream_url == "ws://127.0.0.1:9/swap-market"
    assert set_.spot_stream_url == "ws://127.0.0.1:9/market"


@pytest.mark.parametrize("ending", ["com", "pro", "com:443/"])
def test_the_address_of_the_other_kind_of_money_is_refused_with_the_cure(ending: str) -> None:
    with pytest.raises(SettingsError, match="BINGX_DEMO=no"):
        settings(BINGX_BASE_URL=f"https://OPEN-api.bingx.{ending}")
    with pytest.raises(SettingsError, match="BINGX_DEMO=yes"):
        settings(BINGX_DEMO="no", BINGX_BASE_URL=f"https://open-api-vst.bingx.{ending}")


def test_without_a_key_it_does_not_run_and_half_a_key_is_told() -> None:
    with pytest.raises(NotConfigured):
        read(Settings, {"TRADING": "paper"})
    with pytest.raises(SettingsError, match="BINGX_API_SECRET"):
        read(Settings, {"TRADING": "paper", "BINGX_API_KEY": "k"})


def test_no_secret_shows_in_what_is_read() -> None:
    shown = repr(settings())

    assert "k" * 20 not in shown
    assert "s" * 20 not in shown
