"""Booking a difference with the venue: asked with both figures, pressed once."""

from datetime import UTC, datetime
from decimal import Decimal

from ledger.trading.flow import venue_positions
from ledger.trading.flow.records import VenuePosition
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import VERA
from tests.notifier.trading.stage import Stage, buttons
from tests.running import flat


def differs(stage: Stage, symbol: str, external: str) -> None:
    """Let Alice's account hold something that her books do not explain."""
    found = VenuePosition(
        symbol=symbol,
        asset_type="CRYPTO",
        currency="USDT",
        quantity=Decimal(5),
        external=Decimal(external),
        average_price=None,
        as_of=datetime.now(UTC),
    )
    stage.do(lambda work: venue_positions.replace(SYSTEM, work, stage.main.account, [found]))


def test_adopt_asks_with_both_figures_and_becomes_one_request(stage: Stage) -> None:
    differs(stage, "BTC-USDT", "-1.50")
    with stage.notifier():
        asked = stage.answer("/adopt btcusdt")
        for _ in range(2):
            stage.press(asked)
        done = flat(stage.edited(asked))
        stage.toasts(2)

    assert flat(asked.text) == (
        "Book −1.5 BTC-USDT in Main (paper), as made by hand at the venue, which holds 5? The venue is read anew first."
    )
    assert buttons(asked)[0][0] == "Book −1.5 BTC-USDT"
    assert done == "Taken: /adopt BTCUSDT. The result comes as a message."
    assert [(each.kind, each.arguments) for each in stage.requests()] == [("adopt", {"symbol": "BTCUSDT"})]


def test_what_does_not_differ_is_not_asked_about(stage: Stage) -> None:
    differs(stage, "ETH-USDT", "5")
    with stage.notifier():
        same, usage = flat(stage.answer("/adopt AAPL").text), flat(stage.answer("/adopt").text)
        viewer = flat(stage.answer("/adopt ETHUSDT", by=VERA).text)

    assert same.endswith("AAPL: books and venue held the same when that was last read. They differ in: ETH-USDT +5.")
    assert usage == "Write /adopt SYMBOL. Books and venue differ in: ETH-USDT +5."
    assert viewer.startswith("A viewer changes nothing")
    assert stage.requests() == ()
