"""The panel of pretend platforms, and that each of its modes is to the product what it says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from bus.settings import Secret
from collectors import bybit, fx, ibkr, okx, tbank
from collectors.errors import PlatformError
from collectors.source import Deadline, RateReading, Source
from sandbox.bybit import account as bybit_account
from sandbox.control.client import ControlError, Sandbox
from sandbox.demo import hurry
from sandbox.ibkr import service as flex
from sandbox.okx import account as okx_account
from sandbox.page.browser import Chat
from sandbox.page.panel_controls import PANEL_CONTROLS
from sandbox.tbank import account as tbank_account

pytestmark = pytest.mark.faults

ENOUGH_S, SHORT_S = 6.0, 1.0
BUILT: dict[str, Callable[[dict[str, str], Path], Source]] = {
    "bybit": lambda at, _: bybit.Bybit(
        bybit.Settings(
            bybit_api_key=Secret(bybit_account.API_KEY),
            bybit_api_secret=Secret(bybit_account.API_SECRET),
            bybit_base_url=at["bybit"],
        )
    ),
    "okx": lambda at, _: okx.Okx(
        okx.Settings(
            okx_api_key=Secret(okx_account.API_KEY),
            okx_api_secret=Secret(okx_account.API_SECRET),
            okx_api_passphrase=Secret(okx_account.PASSPHRASE),
            okx_base_url=at["okx"],
        )
    ),
    "tbank": lambda at, _: tbank.Tbank(
        tbank.Settings(tbank_token=Secret(tbank_account.TOKEN), tbank_base_url=f"{at['tbank']}/rest")
    ),
    "ibkr": lambda at, folder: ibkr.Ibkr(
        ibkr.Settings(
            ibkr_flex_token=Secret(flex.TOKEN),
            ibkr_flex_query_id=Secret(flex.QUERY_ID),
            ibkr_flex_base_url=at["ibkr"],
        ),
        folder=folder,
    ),
    "rates": lambda at, folder: fx.Fx(
        fx.Settings(cbr_base_url=at["cbr"], frankfurter_base_url=at["frankfurter"], erapi_base_url=at["erapi"]),
        folder=folder,
    ),
}
TROUBLES = [
    (control.name, mode.name, mode.says)
    for control in PANEL_CONTROLS
    if control.name in BUILT
    for mode in control.modes
    if mode.says
]
CHANGED = {"bybit": "77.25", "okx": "-77.25", "tbank": "77.25", "ibkr": "-77.25", "rates": "77.25"}


@pytest.fixture
def build(sandbox: Sandbox, tmp_path: Path) -> Iterator[Callable[[str], Source]]:
    """Give collectors of the product that look at the pretend world."""
    hurry(sandbox)
    built: list[Source] = []

    def make(name: str) -> Source:
        built.append(BUILT[name](sandbox.addresses, tmp_path))
        return built[-1]

    yield make
    for source in built:
        if isinstance(source, okx.Okx):
            source.client.close()  # its SDK leaves that to whoever made it


def amount(source: Source) -> str:
    """Return the number that a collector reads."""
    reading = source.fetch(Deadline(ENOUGH_S))
    return f"{reading.rate if isinstance(reading, RateReading) else reading.amount:.2f}"


@pytest.mark.parametrize(("name", "mode", "reason"), TROUBLES, ids=[f"{name} {mode}" for name, mode, _ in TROUBLES])
def test_each_mode_gives_the_product_the_reason_that_it_says(
    sandbox: Sandbox, build: Callable[[str], Source], name: str, mode: str, reason: str
) -> None:
    source = build(name)
    sandbox.set_panel_control(name, mode=mode)
    budget_s = SHORT_S if mode == "slow" else ENOUGH_S
    with pytest.raises(PlatformError) as caught:
        source.fetch(Deadline(budget_s))

    assert caught.value.reason == reason
    assert [control.mode for control in sandbox.panel_controls() if control.name == name] == [mode]


@pytest.mark.parametrize("name", BUILT)
def test_a_changed_figure_is_what_the_product_reads_also_after_trouble(
    sandbox: Sandbox, build: Callable[[str], Source], name: str
) -> None:
    before = amount(build("tbank")) if name == "tbank" else "0"
    control = next(control for control in sandbox.panel_controls() if control.name == name)
    first = control.figures[0]
    sandbox.set_panel_control(name, mode="wrong", figures={first.name: CHANGED[name]})
    sandbox.all_well()
    shown = next(control for control in sandbox.panel_controls() if control.name == name)
    expected = float(before) - float(first.value) + 77.25 if name == "tbank" else float(CHANGED[name])

    assert float(amount(build(name))) == expected
    assert shown.figures[0].value == CHANGED[name]


def test_what_was_switched_on_by_hand_is_told_as_such_and_taken_away(sandbox: Sandbox) -> None:
    sandbox.fault("okx", "html", status=403)
    sandbox.settings("bybit", latency_s=0.5)
    by_hand = {control.name for control in sandbox.panel_controls() if not control.mode}
    sandbox.all_well()

    assert by_hand == {"okx", "bybit"}
    assert {control.mode for control in sandbox.panel_controls()} == {"works"}


@pytest.mark.parametrize(
    ("name", "mode", "figures", "said"),
    [
        ("nobody", "down", {}, "no such panel control; there are tbank, ibkr, bybit, okx, rates, telegram"),
        ("okx", "asleep", {}, "no mode 'asleep'; there are works, slow, down"),
        ("okx", "", {"gold": "1"}, "no figure 'gold'; there are total_usd"),
        ("telegram", "", {"gold": "1"}, "there are none"),
        ("okx", "down", {"total_usd": "1,000"}, "'1,000' is no number; write digits"),
        ("rates", "", {"rate": "0"}, "a rate is more than nothing"),
    ],
)
def test_a_wrong_change_is_refused_with_what_would_be_right_and_changes_nothing(
    sandbox: Sandbox, name: str, mode: str, figures: dict[str, str], said: str
) -> None:
    before = sandbox.panel_controls()
    with pytest.raises(ControlError) as caught:
        sandbox.set_panel_control(name, mode=mode, figures=figures)

    assert said in str(caught.value)
    assert sandbox.panel_controls() == before


def test_another_site_cannot_change_a_panel_control(sandbox: Sandbox) -> None:
    answer = httpx.post(
        f"{sandbox.addresses['control']}/panel-controls/okx",
        content=b'{"mode": "down"}',
        headers={"Origin": "https://evil.example"},
        trust_env=False,
    )

    assert answer.status_code == 403
    assert {control.mode for control in sandbox.panel_controls()} == {"works"}


def test_a_mode_chosen_in_the_panel_changes_what_the_platform_answers(chat: Chat, sandbox: Sandbox) -> None:
    expect(chat.summary).to_have_text("All is well")
    chat.put_into("tbank", "maintenance")
    answer = httpx.post(f"{sandbox.addresses['tbank']}/rest/anything", trust_env=False)
    card = chat.card("tbank")
    card.locator("summary").click()

    assert answer.status_code == 502
    expect(chat.summary).to_have_text("T-Bank: maintenance (html 502)")
    expect(card.locator(".says")).to_have_text("The message will say ERROR (maintenance).")
    expect(card.locator("tbody tr").first).to_contain_text("POST /rest/anything")
    expect(card.locator("tbody tr").first.locator(".bad")).to_have_text("502")


def test_all_is_well_again_at_one_press(chat: Chat, sandbox: Sandbox) -> None:
    chat.put_into("bybit", "down")
    chat.put_into("telegram", "rate_limited")
    expect(chat.page.locator("#badge")).to_have_text("2")
    chat.page.get_by_role("button", name="All well again").click()

    expect(chat.summary).to_have_text("All is well")
    assert {control.mode for control in sandbox.panel_controls()} == {"works"}


def test_a_figure_is_changed_in_the_panel(chat: Chat, sandbox: Sandbox) -> None:
    box = chat.card("okx").get_by_role("textbox", name="Whole account")
    expect(box).to_have_value("3901.23")
    chat.set_figure("okx", "12.5")
    expect(chat.card("okx").get_by_role("button", name="Set")).to_be_hidden()

    assert sandbox.service("okx").state["total_usd"] == "12.5"


def test_a_figure_that_is_none_is_refused_in_words_and_can_be_mended(chat: Chat, sandbox: Sandbox) -> None:
    chat.set_figure("okx", "a lot")
    expect(chat.toast).to_contain_text("a lot is no number")
    untouched = sandbox.service("okx").state["total_usd"]
    chat.set_figure("okx", "1,234.5")
    expect(chat.card("okx").get_by_role("textbox")).to_have_value("1234.5")

    assert untouched == "3901.23"
    assert sandbox.service("okx").state["total_usd"] == "1234.5"


def test_what_others_switch_shows_by_itself(chat: Chat, sandbox: Sandbox) -> None:
    sandbox.set_panel_control("ibkr", mode="down")

    expect(chat.card("ibkr").get_by_role("combobox")).to_have_value("down")
    expect(chat.summary).to_have_text("IBKR: down")
