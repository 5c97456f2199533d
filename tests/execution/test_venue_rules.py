"""What is special of each venue."""

from execution.venues import RULES


def test_what_was_lost_on_its_way_to_spot_is_placed_again_by_nobody() -> None:
    rule = RULES["BINGX"]

    assert rule.of("FUTURE").places_again
    assert not rule.of("CRYPTO").places_again


def test_a_venue_without_such_a_kind_does_the_same_with_all() -> None:
    assert RULES["PAPER"].of("CRYPTO").places_again
    assert not RULES["IBKR"].of("EQUITY").places_again
