"""The careful client, against a server on this machine that plays every fault."""

from __future__ import annotations

import gzip
import logging
import socket
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from loopback import (
    Play,
    Request,
    answer,
    dripping_body,
    dripping_headers,
    hanging,
    resetting,
    serving,
)

from crosspost.errors import (
    AccessDenied,
    BadAnswer,
    ForbiddenAddress,
    ServiceError,
    Throttled,
    TimedOut,
    Unreachable,
    UsageError,
)
from crosspost.http import Client, is_public

PLANTED = "Kq7-planted-key"


def client(**limits: Any) -> Client:
    return Client(**{"public_only": False, "deadline": 0.4, "patience": 5.0, "attempts": 1, **limits})


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between attempts are noted, not slept."""
    slept: list[float] = []
    monkeypatch.setattr("crosspost.http.time.sleep", slept.append)
    return slept


def in_turn(*plays: Play) -> Play:
    """Another play for each request, the last one for all that follow."""
    left = list(plays)

    def play(request: Request) -> Iterator[bytes]:
        return (left.pop(0) if len(left) > 1 else left[0])(request)

    return play


def always(body: str | bytes = b"", status: int = 200, **headers: str) -> Play:
    return lambda _request: answer(body, status, **headers)


# ------------------------------------------------------------------ what goes through


def test_parameters_are_added_to_those_of_the_address() -> None:
    with serving(always("yes")) as server:
        assert client().ask("GET", f"{server.url}/x?a=1", params={"q": "دبابة"}).text == "yes"
    assert server.asked[0].params == {"a": "1", "q": "دبابة"}


def test_a_body_of_json_is_sent() -> None:
    with serving(lambda request: answer(request.body)) as server:
        assert client().ask("POST", server.url, json={"q": ["a"]}).json() == {"q": ["a"]}


def test_a_packed_answer_is_unpacked() -> None:
    with serving(always(gzip.compress(b"plain"), Content_Encoding="gzip")) as server:
        assert client().ask("GET", server.url).text == "plain"


def test_any_status_comes_back_where_it_is_asked_for() -> None:
    with serving(always("gone", 404)) as server:
        assert client().request("GET", server.url).status_code == 404


def test_a_body_goes_into_a_file_and_not_into_memory(tmp_path: Path) -> None:
    def half(_request: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf of it that is longer than the whole"

    with serving(in_turn(half, always("the whole"))) as server, (tmp_path / "body").open("w+b") as file:
        assert client(attempts=2).request("GET", server.url, into=file).content == b""
    assert (tmp_path / "body").read_bytes() == b"the whole"


def test_a_body_in_a_file_has_a_greatest_size_of_its_own(tmp_path: Path) -> None:
    with serving(always(b"x" * 2_000)) as server, (tmp_path / "body").open("w+b") as file:
        client(most_bytes=1_000).request("GET", server.url, into=file, most_bytes=2_000)
        with pytest.raises(BadAnswer, match="more than 1999 bytes"):
            client().request("GET", server.url, into=file, most_bytes=1_999)


# ------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("play", [hanging, dripping_body, dripping_headers])
def test_a_server_that_is_too_slow_is_left_at_the_deadline(play: Play) -> None:
    with serving(play) as server, pytest.raises(TimedOut, match=r"127\.0\.0\.1.*no whole answer within 0\.4 s"):
        client().ask("GET", server.url)


def test_a_connection_that_is_reset_is_said() -> None:
    with serving(resetting) as server, pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+: no connection"):
        client().ask("GET", server.url)


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable):
        client().ask("GET", f"http://127.0.0.1:{port}")


def test_a_name_that_nobody_has_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"nobody\.invalid"):
        client().ask("GET", "http://nobody.invalid/")


def test_half_an_answer_is_none() -> None:
    def half(_request: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf"

    with serving(half) as server, pytest.raises(Unreachable):
        client().ask("GET", server.url)


def test_an_answer_that_is_not_http_is_none() -> None:
    def noise(_request: Request) -> Iterator[bytes]:
        yield b"SSH-2.0-OpenSSH\r\n\r\n"

    with serving(noise) as server, pytest.raises(ServiceError):
        client().ask("GET", server.url)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, BadAnswer),
        (400, BadAnswer),
        (401, AccessDenied),
        (403, AccessDenied),
        (404, BadAnswer),
        (429, Throttled),
        (500, BadAnswer),
        (503, BadAnswer),
    ],
)
def test_a_status_that_is_no_success_has_its_error(status: int, kind: type[ServiceError]) -> None:
    with (
        serving(always("sorry", status, Location="http://elsewhere.invalid/")) as server,
        pytest.raises(kind, match=str(status)),
    ):
        client().ask("GET", server.url)


def test_a_redirect_is_not_followed() -> None:
    with serving(always("not here")) as elsewhere:
        with serving(always("", 302, Location=elsewhere.url)) as server, pytest.raises(BadAnswer, match="redirect"):
            client().ask("GET", server.url)
        assert elsewhere.asked == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_that_is_too_large_is_not_read_to_its_end(*, packed: bool) -> None:
    body = b"\0" * 3_000_000
    play = always(gzip.compress(body), Content_Encoding="gzip") if packed else always(body)
    with serving(play) as server, pytest.raises(BadAnswer, match="more than 1000000 bytes"):
        client(most_bytes=1_000_000, deadline=5).ask("GET", server.url)


def test_a_body_that_is_packed_twice_is_refused() -> None:
    with serving(always(b"x", Content_Encoding="gzip, gzip")) as server, pytest.raises(BadAnswer, match="packed"):
        client().ask("GET", server.url)


def test_a_body_that_cannot_be_unpacked_is_said() -> None:
    with serving(always(b"not packed", Content_Encoding="gzip")) as server, pytest.raises(BadAnswer, match="unpacked"):
        client().ask("GET", server.url)


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://example.org/x", "http://", "file:///etc/passwd", "http://[::"])
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(UsageError, match="not an address"):
        client().ask("GET", url)


def test_a_bad_address_is_named_without_its_secrets() -> None:
    with pytest.raises(UsageError) as caught:
        client().ask("GET", f"ftp://me:{PLANTED}@host/{PLANTED}?key={PLANTED}")
    assert PLANTED not in str(caught.value)


# ------------------------------------------------------------------ another attempt


@pytest.mark.parametrize("fault", [resetting, always("", 429), always("", 500), always("", 503)])
def test_what_may_pass_is_tried_again(fault: Play, no_pause: list[float]) -> None:
    with serving(in_turn(fault, fault, always("at last"))) as server:
        assert client(attempts=3).ask("GET", server.url).text == "at last"
    assert len(no_pause) == 2


@pytest.mark.parametrize("fault", [always("", 400), always("", 403), always("", 404), always("", 302)])
def test_what_will_not_pass_is_not_tried_again(fault: Play, no_pause: list[float]) -> None:
    with serving(fault) as server, pytest.raises(ServiceError):
        client(attempts=3).ask("GET", server.url)
    assert (len(server.asked), no_pause) == (1, [])


def test_no_more_attempts_are_made_than_allowed(no_pause: list[float]) -> None:
    with serving(always("", 500)) as server, pytest.raises(BadAnswer):
        client(attempts=3).ask("GET", server.url)
    assert (len(server.asked), len(no_pause)) == (3, 2)


def test_the_pause_is_the_one_that_the_server_asks_for(no_pause: list[float]) -> None:
    with serving(in_turn(always("", 429, Retry_After="3"), always("ok"))) as server:
        client(attempts=2).ask("GET", server.url)
    assert no_pause == [3.0]


def test_a_pause_may_be_given_as_a_date(no_pause: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    with serving(in_turn(always("", 503, Retry_After=later), always("ok"))) as server:
        client(attempts=2, patience=100).ask("GET", server.url)
    assert 35 < no_pause[0] <= 40


def test_nobody_waits_longer_than_the_patience_lasts(no_pause: list[float]) -> None:
    with serving(always("", 429, Retry_After="3600")) as server, pytest.raises(Throttled, match="3600 s") as caught:
        client(attempts=3).ask("GET", server.url)
    assert caught.value.retry_after == 3600
    assert (len(server.asked), no_pause) == (1, [])


@pytest.mark.parametrize("given", ["soon", "-5", "٣", "Thu, 99 Nov 2026", "1e9"])
def test_a_pause_that_cannot_be_read_is_none(given: str, no_pause: list[float]) -> None:
    headers = {"Retry_After": given.encode().decode("latin-1")}
    with serving(in_turn(always("", 429, **headers), always("ok"))) as server:
        client(attempts=2).ask("GET", server.url)
    assert len(no_pause) == 1
    assert no_pause[0] <= 8


def test_an_attempt_ends_with_the_patience() -> None:
    with serving(hanging) as server, pytest.raises(TimedOut):
        client(deadline=20, patience=0.3).ask("GET", server.url)


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])  # noqa: S104
def test_a_private_address_is_refused_where_only_public_ones_are_allowed(host: str) -> None:
    with serving(always("inside")) as server:
        with pytest.raises(ServiceError) as caught:
            client(public_only=True).ask("GET", f"http://{host}:{server.port}/")
        assert isinstance(caught.value, ForbiddenAddress | Unreachable)
        assert server.asked == []


def test_a_name_that_leads_to_a_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: found)
    with pytest.raises(ForbiddenAddress, match=r"rebound\.example"):
        client(public_only=True).ask("GET", "http://rebound.example/")


def test_a_name_is_looked_up_once_and_the_connection_goes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    with serving(always("here")) as server:

        def look_up(host: str, *_args: Any, **_kwargs: Any) -> list[Any]:
            looked_up.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

        monkeypatch.setattr("crosspost.http.socket.getaddrinfo", look_up)
        connected = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda at, *a, **k: connected((str(at[0]), at[1]), *a, **k))
        assert client().ask("GET", f"http://pinned.example:{server.port}/").text == "here"
    assert [host for host in looked_up if host == "pinned.example"] == ["pinned.example"]
    assert server.asked[0].headers["host"] == f"pinned.example:{server.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # an address, not a place to listen at
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_public_addresses_are_told_from_private_ones(address: str, *, public: bool) -> None:
    assert is_public(address) is public


# ------------------------------------------------------------------ nothing leaks


FAULTS: dict[str, Play] = {
    "hang": hanging,
    "reset": resetting,
    "429": lambda request: answer(request.target, 429),
    "500": lambda request: answer(request.target, 500),
    "redirect": lambda request: answer(request.target, 302, Location=f"http://elsewhere.invalid{request.target}"),
    "echoing header": lambda request: answer("", 403, X_Echo=request.target),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_neither_key_nor_text_is_in_any_log_or_error(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    content = {"params": {"key": PLANTED}, "json": {"q": PLANTED}, "headers": {"Authorization": PLANTED}}
    with serving(FAULTS[fault]) as server, pytest.raises(ServiceError) as caught:
        client().ask("POST", f"http://{PLANTED}:{PLANTED}@127.0.0.1:{server.port}/{PLANTED}", **content)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__) + caplog.text
    assert PLANTED not in shown
    assert caught.value.__context__ is None


def test_debug_lines_of_other_users_of_the_library_are_not_touched(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client()
    logging.getLogger("httpcore.http11").debug("somebody else")
    assert "somebody else" in caplog.text


def test_no_cookie_is_kept() -> None:
    with serving(always("", Set_Cookie="who=you")) as server:
        asking = client()
        asking.ask("GET", server.url)
        asking.ask("GET", server.url)
    assert "cookie" not in server.asked[1].headers


def test_many_threads_get_each_their_own_answer() -> None:
    with serving(lambda request: answer(request.params["q"])) as server:
        asking = client(deadline=10)

        def ask(number: int) -> bool:
            return asking.ask("GET", server.url, params={"q": str(number)}).text == str(number)

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, range(400)))
