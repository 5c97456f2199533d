"""Alerts: worded in one table, said with key and values, and with an id of their own once for ever."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from bus.alert_texts import ENGLISH, AlertText, alert_text
from bus.alerts import Alerts
from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from tests.running import Child, on_the_bus

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "bus",
    "clock",
    "collectors",
    "aggregator",
    "notifier",
    "sentinel",
    "ledger",
    "webhook",
    "execution",
    "brokers",
    "bridge",
)


def names(template: str) -> set[str]:
    """Return what a template names."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def raised_in(tree: ast.AST) -> Iterator[tuple[str, set[str], int]]:
    """Yield key, names of the values and line of every `alert_text(key, …)` and `….tell(about, key, …)`."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "alert_text":
            key = call.args[0]
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "tell" and len(call.args) > 1:
            key = call.args[1]
        else:
            continue
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, {each.arg for each in call.keywords if each.arg} - {"once"}, call.lineno


def every_raise() -> list[tuple[str, set[str], str]]:
    """Return what product code raises, with where it does so."""
    paths = (path for package in PRODUCT for path in sorted((ROOT / package).rglob("*.py")))
    return [
        (key, values, f"{path.relative_to(ROOT)}:{line}")
        for path in paths
        for key, values, line in raised_in(ast.parse(path.read_text(encoding="utf-8")))
    ]


def test_everything_that_is_raised_has_its_sentence_and_gives_it_what_it_names() -> None:
    wrong = [where for key, values, where in every_raise() if key not in ENGLISH or names(ENGLISH[key]) != values]

    assert not wrong


def test_every_sentence_is_raised_somewhere() -> None:
    assert {key for key, _, _ in every_raise()} == ENGLISH.keys()


def test_no_value_is_called_as_the_id_is() -> None:
    assert not [key for key, template in ENGLISH.items() if "once" in names(template)]


def test_news_are_worded_in_english() -> None:
    told = alert_text("down", program="okx", seconds="11")

    assert told == AlertText("down", {"program": "okx", "seconds": "11"})
    assert told.text == "okx is down since 11 s"


def test_an_alert_brings_its_sentence_its_key_and_its_values_until_it_is_stored(hub: Child) -> None:
    with on_the_bus("probe", topic(Alert), says=(AlertStored,)) as bus:
        alerts = Alerts(bus)
        alerts.tell("okx", "down", program="okx", seconds="11")
        alerts.repeat()
        heard = bus.receive(10)
        assert isinstance(heard, Alert)
        alerts.handle(AlertStored(id=heard.id))
        alerts.repeat()

        assert (heard.text, heard.key) == ("⚠ okx is down since 11 s", "down")
        assert heard.values == {"program": "okx", "seconds": "11"}
        assert heard.id.startswith("okx-20")
        assert bus.receive(0.2) is None


def test_what_has_an_id_of_its_own_is_said_under_it_and_once(hub: Child) -> None:
    with on_the_bus("probe", topic(Alert), says=()) as bus:
        alerts = Alerts(bus)
        for _ in range(3):
            alerts.tell("okx", "well", once="okx-well-2026-02-11", program="okx")
        alerts.repeat()
        heard = bus.receive(10)

        assert isinstance(heard, Alert)
        assert (heard.id, heard.values) == ("okx-well-2026-02-11", {"program": "okx"})
        alerts.handle(AlertStored(id=heard.id))
        alerts.tell("okx", "well", once=heard.id, program="okx")
        alerts.repeat()
        assert bus.receive(0.2) is None
