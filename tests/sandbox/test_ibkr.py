"""The pretend Flex Web Service behaves on the wire as the real one is documented to."""

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import requests
from urllib3.util import SKIP_HEADER

from sandbox.ibkr.service import MESSAGES, QUERY_ID, TOKEN, Flex
from sandbox.service import Fault, Service

AGENT = "portfolio-bot/1.0 Python/3.11"


class Client:
    """A running pretend service and a client that knows its addresses; limits and the waiting are lifted."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.seconds = loop, 1000.0
        self.service: Service = Flex(clock=lambda: self.seconds).service
        self.change(per_second=0, per_minute=0, polls_before_ready=0)

    def change(self, **fields: object) -> None:
        self.service.change(fields)

    def fault(self, code: str, path: str = "", times: int = -1) -> None:
        fault = Fault(kind="code", code=code, path=path, times=times)
        asyncio.run_coroutine_threadsafe(self.service.add(fault), self.loop).result(5)

    def reset(self) -> None:
        asyncio.run_coroutine_threadsafe(self.service.reset(), self.loop).result(5)

    def set_clock(self, moment: str) -> None:
        self.service.skew_s = (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()

    def ask(self, step: str, query: str, *, agent: str = AGENT, **changed: str) -> requests.Response:
        parameters = {"t": TOKEN, "q": query, "v": "3"} | changed
        url = f"http://127.0.0.1:{self.service.port}/AccountManagement/FlexWebService/{step}"
        return requests.get(url, params=parameters, headers={"User-Agent": agent}, timeout=5)

    def order(self, **changed: str) -> requests.Response:
        return self.ask("SendRequest", QUERY_ID, **changed)

    def report(self) -> requests.Response:
        return self.ask("GetStatement", text_of(self.order(), "ReferenceCode"))


@pytest.fixture
def flex() -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = Client(loop)
    asyncio.run_coroutine_threadsafe(running.service.start(), loop).result(5)
    running.set_clock("2026-02-11T09:55:00+00:00")  # a Wednesday
    yield running
    asyncio.run_coroutine_threadsafe(running.service.stop(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def text_of(answer: requests.Response, name: str) -> str:
    return ElementTree.fromstring(answer.content).findtext(name, "")


def code_of(answer: requests.Response) -> str:
    return text_of(answer, "ErrorCode")


def test_the_seed_reports_its_value_at_the_last_completed_business_day(flex: Client) -> None:
    answer = flex.report()
    rows = ElementTree.fromstring(answer.content).iter("EquitySummaryByReportDateInBase")

    assert answer.headers["Content-Type"] == "text/xml;charset=UTF-8"
    assert [(row.get("accountId"), row.get("reportDate"), row.get("total")) for row in rows] == [
        ("U1234567", "20260209", "12298.4412"),
        ("U1234567", "20260210", "12345.67"),
    ]


def test_the_newest_close_moves_with_the_services_clock(flex: Client) -> None:
    flex.set_clock("2026-02-16T15:00:00+00:00")

    assert 'reportDate="20260213"' in flex.report().text


def test_a_statement_is_in_progress_as_often_as_wanted_and_then_there(flex: Client) -> None:
    flex.change(polls_before_ready=2)
    reference = text_of(flex.order(), "ReferenceCode")
    answers = [flex.ask("GetStatement", reference) for _ in range(4)]

    assert [code_of(answer) for answer in answers[:2]] == ["1019", "1019"]
    assert {answer.status_code for answer in answers} == {200}
    assert all(b"<FlexQueryResponse" in answer.content for answer in answers[2:])


@pytest.mark.parametrize("agent", [SKIP_HEADER, "", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"])
def test_a_missing_or_browser_like_agent_is_1020(flex: Client, agent: str) -> None:
    assert code_of(flex.order(agent=agent)) == "1020"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"v": ""}, "1001"), ({"v": "2"}, "1001"), ({"t": "99"}, "1015"), ({"q": "1"}, "1014"), ({"p": "5"}, "1003")],
)
def test_a_wrong_parameter_is_named_by_its_code_with_status_200(
    flex: Client, changed: dict[str, str], code: str
) -> None:
    answer = flex.ask("SendRequest", changed.pop("q", QUERY_ID), **changed)

    assert (answer.status_code, code_of(answer)) == (200, code)


def test_an_unknown_reference_code_is_1017_and_so_is_one_from_before_a_reset(flex: Client) -> None:
    reference = text_of(flex.order(), "ReferenceCode")
    known = flex.ask("GetStatement", reference)
    flex.reset()
    forgotten = flex.ask("GetStatement", reference)

    assert (code_of(known), code_of(forgotten)) == ("", "1017")


def test_a_second_request_within_a_second_is_1018_for_that_token_alone(flex: Client) -> None:
    flex.change(per_second=1)
    codes = [code_of(flex.order()), code_of(flex.order()), code_of(flex.order(t="77"))]
    flex.seconds += 1.0
    codes.append(code_of(flex.order()))

    assert codes == ["", "1018", "1015", ""]


def test_the_eleventh_request_within_a_minute_is_1018_with_status_200(flex: Client) -> None:
    flex.change(per_minute=10)
    answers = []
    for _ in range(11):
        answers.append(flex.order())
        flex.seconds += 5.0
    flex.seconds += 10.0
    later = flex.order()

    assert [code_of(answer) for answer in answers] == [""] * 10 + ["1018"]
    assert answers[-1].status_code == 200
    assert code_of(later) == ""


def test_the_limits_are_on_unless_they_are_lifted(flex: Client) -> None:
    flex.reset()

    assert [code_of(flex.order()), code_of(flex.order())] == ["", "1018"]


def test_a_penalty_outlasts_the_limit_and_each_early_retry_prolongs_it(flex: Client) -> None:
    flex.change(per_second=1, penalty_s=600.0)
    codes = []
    for pause_s in (0.0, 0.0, 599.0, 599.0, 600.0):
        flex.seconds += pause_s
        codes.append(code_of(flex.order()))
    flex.order()
    flex.reset()
    codes.append(code_of(flex.order()))

    assert codes == ["", "1018", "1018", "1018", "", ""]


@pytest.mark.parametrize("code", [*MESSAGES, "4711"])
def test_every_error_code_can_be_switched_on_for_one_step(flex: Client, code: str) -> None:
    flex.fault(code, path="GetStatement", times=1)
    reference = text_of(flex.order(), "ReferenceCode")
    answer = flex.ask("GetStatement", reference)
    after = flex.ask("GetStatement", reference)

    assert (answer.status_code, code_of(answer)) == (200, code)
    assert text_of(answer, "Status") in {"Warn", "Fail"}
    assert text_of(answer, "ErrorMessage")
    assert b"<FlexQueryResponse" in after.content


def test_the_address_in_the_answer_leads_nowhere(flex: Client) -> None:
    seed = text_of(flex.order(), "Url")
    flex.change(lowercase_url=True)
    lowercase = text_of(flex.order(), "url")
    flex.change(url="")

    assert ".invalid/" in seed
    assert lowercase == seed
    assert b"rl>" not in flex.order().content


def test_the_timestamp_is_new_yorks_time_in_words(flex: Client) -> None:
    winter = flex.order().text
    flex.set_clock("2026-07-01T20:05:10+00:00")

    assert "timestamp='11 February, 2026 04:55 AM EST'" in winter
    assert "timestamp='01 July, 2026 04:05 PM EDT'" in flex.order().text


def test_a_csv_query_answers_in_csv_but_waits_in_xml(flex: Client) -> None:
    flex.change(format="csv_full", polls_before_ready=1)
    reference = text_of(flex.order(), "ReferenceCode")
    waiting = flex.ask("GetStatement", reference)
    ready = flex.ask("GetStatement", reference)

    assert code_of(waiting) == "1019"
    assert ready.text.startswith('"BOF","U1234567",')


@pytest.mark.parametrize(("kind", "reference"), [("billion_laughs", "&lol9;"), ("external", "&outside;")])
def test_a_statement_can_carry_a_hostile_document_type(flex: Client, kind: str, reference: str) -> None:
    flex.change(xml_entities=kind)
    text = flex.report().text

    assert re.match(r"<!DOCTYPE lolz \[<!ENTITY ", text)
    assert reference in text.partition("<FlexQueryResponse")[2]


def test_the_retired_addresses_always_answer_1001(flex: Client) -> None:
    url = f"http://127.0.0.1:{flex.service.port}/Universal/servlet/FlexStatementService.SendRequest"

    assert code_of(requests.get(url, params={"t": TOKEN, "q": QUERY_ID, "v": "3"}, timeout=5)) == "1001"
