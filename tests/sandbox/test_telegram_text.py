"""HTML, lengths and keyboards, as the pretend Telegram takes or refuses them."""

import pytest

from sandbox.telegram.wire import PNG, Wire

ADDRESSES = ["url 5 22", "bold 30 9", "url 30 9"]


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_the_words_of_the_server(wire: Wire, markup: str, problem: str) -> None:
    refusal = wire.refusal("sendMessage", chat_id=42, text=markup, parse_mode="HTML")

    assert refusal == f"400 Bad Request: can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;c&#33; & d", 'a <b> & "c! & d', []),
        ("😀<B>é</B>", "😀é", ["bold 2 1"]),
        (" \n<i>a</i> \n", "a", ["italic 0 1"]),
        ("<b>a <u>b</u> </b>", "a b", ["bold 0 3", "underline 2 1"]),
        ('<a href="http://x/?a=1&amp;b=>">l</a>', "l", ["text_link 0 1 http://x/?a=1&b=>"]),
        ('<pre><code class="language-python">x</code></pre>', "x", ["pre 0 1 python"]),
        ("say /now <code>/not</code>", "say /now /not", ["bot_command 4 4", "code 9 4"]),
        ("see (https://x.org/a?b=/now), <b>www.y.org</b>.", "see (https://x.org/a?b=/now), www.y.org.", ADDRESSES),
        ('<a href="http://x">http://y</a>', "http://y", ["text_link 0 8 http://x"]),
    ],
    ids=["escapes", "units", "trimmed", "nested", "link", "language", "command", "addresses", "an address as a link"],
)
def test_html_becomes_text_and_entities(wire: Wire, markup: str, text: str, entities: list[str]) -> None:
    message = wire("sendMessage", chat_id=42, text=markup, parse_mode="HTML")["result"]
    assert isinstance(message, dict)
    found = [" ".join(str(value) for value in entity.values()) for entity in message.get("entities", [])]

    assert (message["text"], found) == (text, entities)


def test_markup_does_not_count_against_the_length(wire: Wire) -> None:
    message = wire("sendMessage", chat_id=42, text=f"<b>{'&amp;' * 4096}</b>", parse_mode="HTML")
    caption = wire.client.post(
        f"{wire.url}/sendPhoto", data={"chat_id": "42", "caption": "x" * 1025}, files={"photo": ("c.png", PNG)}
    )

    assert message["ok"] is True
    assert caption.json()["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("data", "accepted"), [("x" * 64, True), ("x" * 65, False), ("é" * 32, True), ("é" * 33, False)]
)
def test_callback_data_is_counted_in_bytes(wire: Wire, data: str, accepted: bool) -> None:
    keyboard = f'{{"inline_keyboard":[[{{"text":"b","callback_data":"{data}"}}]]}}'
    answer = wire("sendMessage", chat_id=42, text="a", reply_markup=keyboard)

    assert answer["ok"] is accepted
    assert answer.get("description", "Bad Request: BUTTON_DATA_INVALID") == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(("count", "accepted"), [(100, True), (101, False)])
def test_a_keyboard_has_at_most_100_buttons(wire: Wire, count: int, accepted: bool) -> None:
    rows = ",".join(['[{"text":"b","callback_data":"x"}]'] * count)
    answer = wire("sendMessage", chat_id=42, text="a", reply_markup=f'{{"inline_keyboard":[{rows}]}}')

    assert answer["ok"] is accepted
