"""The page's panel, before anybody has touched it."""

import httpx

from sandbox.bingx_scene import settings
from sandbox.control.client import Sandbox
from sandbox.tradingview.client import write_alert


def test_everything_works_at_first_in_the_demos_world_too(sandbox: Sandbox) -> None:
    settings(sandbox)
    write_alert(sandbox, "An alert", url="http://127.0.0.1:1/", message="{}")
    cards = httpx.get(f"{sandbox.addresses['control']}/panel-controls", trust_env=False).json()

    assert {card["mode"] for card in cards} == {"works"}
    assert "bingx" in {card["name"] for card in cards}
