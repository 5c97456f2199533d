"""The pretend TradingView: what it sends, what it sends again, and what it writes into its log."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as some

from sandbox.control.client import ControlError, Sandbox
from sandbox.service import Fault, Service
from sandbox.tradingview.alerts import (
    ADDRESSES,
    MOST_FIRINGS,
    WITHIN_S,
    Alert,
    Alerts,
    Firing,
    Stopped,
    TradingViewState,
)
from sandbox.tradingview.client import fire, settled, view, write_alert
from sandbox.tradingview.message import JSON_TYPE, TEXT_TYPE, content_type, written

NOW = datetime(2026, 11, 27, 14, 5, 9, tzinfo=UTC)
MESSAGE = '{"symbol": "{{ticker}}", "id": "{{strategy.order.id}}|{{timenow}}"}'


class Webhook(msgspec.Struct):
    """A webhook that answers as a test wants, and keeps what came."""

    answers: list[int] = msgspec.field(default_factory=lambda: [200])
    hangs: bool = False
    bodies: list[bytes] = []
    headers: list[dict[str, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        """Answer with the next status; the last one stays."""
        self.bodies.append(await request.read())
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if self.hangs:
            await asyncio.sleep(30)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=f"said {status}")


class World:
    """A TradingView that never waits, a webhook, and a clock that a test moves."""

    def __init__(self) -> None:
        self.webhook = Webhook()
        self.state = TradingViewState(resend_after_s=0)
        self.seconds = 1000.0
        self.service = Service("tradingview", state=self.state, routes=[], faults={})
        self.alerts = Alerts(self.service, self.state, monotonic=lambda: self.seconds)
        self.receiver = Service(
            "webhook", state=TradingViewState(), routes=[web.post("/hook", self.webhook.take)], faults={}
        )

    def write(self, message: str = MESSAGE) -> Alert:
        alert = Alert("mine", f"{self.receiver.url}/hook", message)
        self.alerts.write(alert)
        return alert

    async def fire(self, message: str = MESSAGE, **values: str) -> Firing:
        firing = self.alerts.fire(self.write(message), values)
        await self.end_of(firing)
        return firing

    async def end_of(self, firing: Firing) -> None:
        while firing.outcome == "sending":
            await asyncio.sleep(0)


def play(scene: Callable[[World], Awaitable[None]]) -> None:
    """Run a scene against a listening webhook."""

    async def run() -> None:
        world = World()
        await world.receiver.start()
        try:
            await scene(world)
        finally:
            world.alerts.forget()
            await world.receiver.stop()

    asyncio.run(run())


def test_an_alert_is_a_post_of_its_message_through_the_proxy_and_without_headers_of_its_own() -> None:
    async def scene(world: World) -> None:
        firing = await world.fire()
        headers = world.webhook.headers[0]

        assert firing.outcome == "delivered"
        assert [(each.status, each.answer) for each in firing.deliveries] == [(200, "said 200")]
        assert world.webhook.bodies == [firing.message.encode()]
        assert set(headers) == {"host", "content-type", "content-length", "x-forwarded-for"}
        assert headers["content-type"] == JSON_TYPE
        assert headers["x-forwarded-for"] in ADDRESSES

    play(scene)


def test_without_the_proxy_nobody_names_an_address() -> None:
    async def scene(world: World) -> None:
        world.state.proxy = False
        await world.fire()

        assert "x-forwarded-for" not in world.webhook.headers[0]

    play(scene)


def test_every_one_of_its_addresses_is_used_in_turn() -> None:
    async def scene(world: World) -> None:
        for _ in ADDRESSES:
            await world.fire()

        assert {headers["x-forwarded-for"] for headers in world.webhook.headers} == set(ADDRESSES)

    play(scene)


@pytest.mark.parametrize("status", [500, 502, 503, 599])
def test_a_server_error_is_sent_again_three_times_byte_for_byte(status: int) -> None:
    async def scene(world: World) -> None:
        world.webhook.answers = [status]
        firing = await world.fire()

        assert [(each.attempt, each.status) for each in firing.deliveries] == [(n, status) for n in (1, 2, 3, 4)]
        assert firing.outcome == "failed"
        assert len(set(world.webhook.bodies)) == 1

    play(scene)


def test_what_is_taken_at_the_second_try_is_not_sent_a_third_time() -> None:
    async def scene(world: World) -> None:
        world.webhook.answers = [503, 200]
        firing = await world.fire()

        assert [each.status for each in firing.deliveries] == [503, 200]
        assert firing.outcome == "delivered"

    play(scene)


@pytest.mark.parametrize(("status", "outcome"), [(504, "failed"), (400, "refused"), (429, "refused"), (302, "refused")])
def test_all_other_answers_are_final(status: int, outcome: str) -> None:
    async def scene(world: World) -> None:
        world.webhook.answers = [status]
        firing = await world.fire()

        assert [each.status for each in firing.deliveries] == [status]
        assert firing.outcome == outcome

    play(scene)


def test_a_request_that_takes_too_long_is_cancelled_and_not_sent_again() -> None:
    async def scene(world: World) -> None:
        world.state.timeout_s = 0.05
        world.webhook.hangs = True
        firing = await world.fire()

        assert firing.outcome == "timeout"
        assert [(each.status, each.outcome) for each in firing.deliveries] == [(0, "timeout")]

    play(scene)


def test_a_webhook_that_does_not_listen_is_told_as_unreachable() -> None:
    async def scene(world: World) -> None:
        await world.receiver.add(Fault(kind="refuse"))
        firing = await world.fire()

        assert [each.outcome for each in firing.deliveries] == ["unreachable"]

    play(scene)


def test_an_alert_that_fires_too_often_is_stopped_until_it_is_written_anew() -> None:
    async def scene(world: World) -> None:
        alert = world.write()
        sent = [world.alerts.fire(alert, {}) for _ in range(MOST_FIRINGS)]
        stopped = world.alerts.fire(alert, {})
        with pytest.raises(Stopped, match="write it anew"):
            world.alerts.fire(alert, {})
        again = await world.fire()
        for firing in sent:
            await world.end_of(firing)

        assert stopped.outcome == "alert stopped"
        assert stopped.deliveries == []
        assert {firing.outcome for firing in [*sent, again]} == {"delivered"}

    play(scene)


def test_an_alert_that_fires_seldom_goes_on_for_ever() -> None:
    async def scene(world: World) -> None:
        alert = world.write()
        for _ in range(2 * MOST_FIRINGS):
            await world.end_of(world.alerts.fire(alert, {}))
            world.seconds += WITHIN_S / MOST_FIRINGS

        assert not alert.is_stopped

    play(scene)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('{"a": 1}', JSON_TYPE),
        ("[]", JSON_TYPE),
        ('{"a": NaN}', TEXT_TYPE),
        ("buy {{ticker}}", TEXT_TYPE),
        ("", TEXT_TYPE),
        ('{"comment": "a "quoted" word"}', TEXT_TYPE),
    ],
)
def test_the_content_type_follows_from_whether_the_message_is_json(message: str, kind: str) -> None:
    assert content_type(message.encode()) == kind


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ticker}} {{exchange}}", "ETHUSDT BINGX"),
        ("{{strategy.order.action}} {{strategy.order.contracts}}", "sell 2"),
        ("{{timenow}} {{time}}", "2026-11-27T14:05:09Z 2026-11-27T14:00:00Z"),
        ("{{plot_0}} {{plot_1}}", "81000 NaN"),
        ('{{plot("Stop")}} {{plot("Target")}}', "80000 NaN"),
        (
            "{{strategy.order.acton}} {{plot_20}} {{ ticker }} {{}}",
            "{{strategy.order.acton}} {{plot_20}} {{ ticker }} {{}}",
        ),
        ("{{{ticker}}}", "{ETHUSDT}"),
    ],
)
def test_placeholders_are_put_in_and_misspelt_ones_stay_as_they_are(template: str, expected: str) -> None:
    values = {
        "ticker": "ETHUSDT",
        "strategy.order.action": "sell",
        "strategy.order.contracts": "2",
        "plot_0": "81000",
        'plot("Stop")': "80000",
    }

    assert written(template, values, NOW) == expected


@given(some.text())
def test_a_text_without_placeholders_is_sent_as_it_is(text: str) -> None:
    expected = text.replace("{{", "(")

    assert written(expected, {}, NOW) == expected


def test_the_control_port_writes_and_fires_alerts_and_tells_what_became_of_them(sandbox: Sandbox) -> None:
    url = f"{sandbox.addresses['telegram']}/hook"  # any service that answers
    write_alert(sandbox, "mine", url=url, message=MESSAGE)
    firing = settled(sandbox, fire(sandbox, "mine", {"ticker": "SOLUSDT"}), timeout_s=10)
    shown = view(sandbox)

    assert [alert.name for alert in shown.alerts] == ["mine"]
    assert shown.log == [firing]
    assert '"symbol": "SOLUSDT"' in firing.message
    assert (firing.outcome, firing.deliveries[0].status) == ("refused", 404)


def test_the_control_port_says_what_is_wrong_with_an_alert(sandbox: Sandbox) -> None:
    write_alert(sandbox, "mine", url="http://127.0.0.1:9/", message="")
    with pytest.raises(ControlError, match="begins with http"):
        write_alert(sandbox, "mine", url="ftp://elsewhere", message="")
    with pytest.raises(ControlError, match="no alert 'other'; there are: mine"):
        fire(sandbox, "other")
    with pytest.raises(ControlError, match="has no placeholder 'tiker'; it has ticker"):
        fire(sandbox, "mine", {"tiker": "X"})


def test_tradingview_itself_answers_nobody_and_a_reset_empties_it(sandbox: Sandbox) -> None:
    write_alert(sandbox, "mine", url="http://127.0.0.1:9/", message="")
    answer = httpx.get(sandbox.addresses["tradingview"], trust_env=False)
    sandbox.reset()

    assert answer.status_code == 404
    assert view(sandbox).alerts == []
