from __future__ import annotations

import hashlib
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from loopback import Loopback, Play, Request, answer, serving

from crosspost.cli import main
from crosspost.errors import BadAnswer, ForbiddenAddress, ServiceError, UsageError
from crosspost.fetch import Asker, MediaFetcher, fetch_posts, posts
from crosspost.fetch.telegram import preview_post
from crosspost.http import Client
from crosspost.models import Post

EXPORTS = Path(__file__).parents[1] / "fixtures" / "exports"
JPEG, MP4 = b"\xff\xd8\xff\xe0 a crane", b"\x00\x00\x00\x20ftypisom a clip"
PAGE = (EXPORTS / "telegram" / "preview.html").read_text(encoding="utf-8")


@dataclass
class Served:
    """A server whose answers a test sets by their path; anything else is not there."""

    loopback: Loopback
    replies: dict[str, Play]

    @property
    def url(self) -> str:
        return self.loopback.url

    @property
    def asked(self) -> list[str]:
        return [request.target for request in self.loopback.asked]


def reply(body: str | bytes = b"", status: int = 200, **headers: str) -> Play:
    return lambda _request: answer(body, status, **headers)


@contextmanager
def answering(tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    replies: dict[str, Play] = {}

    def play(request: Request) -> Iterator[bytes]:
        return replies.get(request.path, reply("gone", 404))(request)

    with serving(play, tls) as loopback:
        yield Served(loopback, replies)


@pytest.fixture
def server() -> Iterator[Served]:
    with answering() as served:
        yield served


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def asker(waits: list[float]) -> Asker:
    """One that may ask this machine, and does not really wait."""
    return Asker(Client(public_only=False, deadline=5.0, attempts=1), interval=30.0, sleep=waits.append)


# ------------------------------------------------------------------ asking


def test_a_redirect_is_followed(asker: Asker, server: Served) -> None:
    server.replies |= {"/a": reply(status=302, Location="b"), "/b": reply("there")}
    assert asker.get(f"{server.url}/a").text == "there"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x/", "http://", "//"])
def test_a_redirect_to_what_is_no_web_address_is_refused(asker: Asker, server: Served, target: str) -> None:
    server.replies["/a"] = reply(status=302, Location=target)
    with pytest.raises((UsageError, ServiceError)):
        asker.get(f"{server.url}/a")


def test_redirects_without_end_are_given_up(asker: Asker, server: Served) -> None:
    server.replies["/a"] = reply(status=302, Location="/a")
    with pytest.raises(BadAnswer, match="leads to elsewhere more than 5 times"):
        asker.get(f"{server.url}/a")


def test_a_host_is_not_asked_faster_than_the_interval(asker: Asker, server: Served, waits: list[float]) -> None:
    server.replies["/a"] = reply("x")
    for _ in range(3):
        asker.get(f"{server.url}/a")
    assert [round(wait) for wait in waits] == [30, 30]


# ------------------------------------------------------------------ Telegram's preview


def test_a_post_of_the_preview_has_its_words_time_media_and_origin() -> None:
    row = preview_post(PAGE, "harbour_example/12")
    assert row == {
        "id": "telegram:harbour_example/12",
        "text": "🎥 رافعة صفراء في #بنغازي\n& حافلة بيضاء",
        "author": "harbour_example",
        "platform": "telegram",
        "url": "https://t.me/harbour_example/12",
        "created_at": "2026-02-03T11:25:10+00:00",
        "repost_of": "telegram:other_example/7",
        "reply_to": "telegram:harbour_example/10",
        "media": [
            {"type": "image", "url": "https://cdn4.telesco.example/file/a.jpg"},
            {"type": "video", "url": "https://cdn4.telesco.example/file/b.mp4"},
        ],
        "channel": "مراسل الساحل",
    }


def test_a_post_that_the_preview_does_not_show_is_none() -> None:
    assert preview_post(PAGE, "harbour_example/1") is None


@pytest.mark.parametrize("cut", range(0, len(PAGE), 97))
def test_a_preview_that_is_cut_off_raises_nothing(cut: int) -> None:
    row = preview_post(PAGE[:cut] + "</div></div></a></b>" * 3, "harbour_example/12")
    assert row is None or row["id"] == "telegram:harbour_example/12"


# ------------------------------------------------------------------ posts


@pytest.fixture
def platforms(server: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Bluesky's API and Telegram's preview, on this machine."""
    monkeypatch.setattr(posts, "BLUESKY", f"{server.url}/xrpc")
    monkeypatch.setattr(posts, "TELEGRAM", f"{server.url}/s")
    views = json.loads((EXPORTS / "bluesky" / "posts.json").read_text(encoding="utf-8"))
    server.replies |= {
        "/xrpc/com.atproto.identity.resolveHandle": reply('{"did": "did:plc:exampleaaaaaaaaaaaaaaaaa"}'),
        "/xrpc/app.bsky.feed.getPosts": reply(json.dumps({"posts": views["posts"][:1]})),
        "/s/harbour_example/12": reply(PAGE),
    }
    return server


def test_a_post_of_bluesky_is_fetched_by_its_address(platforms: Served, asker: Asker) -> None:
    (post,) = fetch_posts("https://bsky.app/profile/quay-notes.example.com/post/3lexample2aaa", asker)
    assert post.id == "bluesky:did:plc:exampleaaaaaaaaaaaaaaaaa/3lexample2aaa"
    assert post.media[0].sha256 is not None
    assert platforms.asked == [
        "/xrpc/com.atproto.identity.resolveHandle?handle=quay-notes.example.com",
        "/xrpc/app.bsky.feed.getPosts?uris=at%3A%2F%2Fdid%3Aplc%3Aexampleaaaaaaaaaaaaaaaaa%2Fapp.bsky.feed.post%2F3lexample2aaa",
    ]


def test_a_post_of_telegram_is_fetched_from_the_public_preview(platforms: Served, asker: Asker) -> None:
    (post,) = fetch_posts("https://t.me/Harbour_Example/12?single", asker)
    assert (post.id, post.repost_of) == ("telegram:harbour_example/12", "telegram:other_example/7")
    assert platforms.asked == ["/s/harbour_example/12"]


def test_a_post_that_is_not_there_is_told(platforms: Served, asker: Asker) -> None:
    with pytest.raises(BadAnswer, match="answered 404: the post is not there"):
        fetch_posts("https://t.me/harbour_example/99", asker)
    platforms.replies["/xrpc/app.bsky.feed.getPosts"] = reply('{"posts": []}')
    with pytest.raises(ServiceError, match="the post is not there, or not for the public"):
        fetch_posts("https://bsky.app/profile/did:plc:x/post/3l", asker)


@pytest.mark.parametrize("answer", ["not json", "[]", '{"posts": 7}', '{"posts": [7, null]}', "[" * 50_000])
def test_a_service_that_answers_nonsense_is_told(platforms: Served, asker: Asker, answer: str) -> None:
    platforms.replies["/xrpc/app.bsky.feed.getPosts"] = reply(answer)
    with pytest.raises(ServiceError):
        fetch_posts("https://bsky.app/profile/did:plc:x/post/3l", asker)


@pytest.mark.parametrize(
    "url", ["https://x.com/a/status/1", "https://example.org/", "nonsense", "https://t.me/c/12/34"]
)
def test_an_address_of_which_no_post_can_be_fetched_is_a_wrong_usage(asker: Asker, url: str) -> None:
    with pytest.raises(UsageError):
        fetch_posts(url, asker)


# ------------------------------------------------------------------ media


def post_with(*urls: str, **more: Any) -> Post:
    return Post.model_validate({"id": "p", "text": "", "media": [{"url": url, **more} for url in urls]})


Fetch = Callable[..., tuple[Post, MediaFetcher, list[str]]]


@pytest.fixture
def fetch(asker: Asker, tmp_path: Path) -> Fetch:
    def run(post: Post) -> tuple[Post, MediaFetcher, list[str]]:
        told: list[str] = []
        fetcher = MediaFetcher(tmp_path / "media", asker, told.append)
        return fetcher.of(post), fetcher, told

    return run


def test_media_are_named_by_their_hash_and_typed_by_what_they_are(server: Served, fetch: Fetch, tmp_path: Path) -> None:
    server.replies |= {"/a": reply(JPEG, Content_Type="text/html"), "/b.jpg": reply(MP4)}
    post, fetcher, told = fetch(post_with(f"{server.url}/a", f"{server.url}/b.jpg"))
    names = [hashlib.sha256(JPEG).hexdigest() + ".jpg", hashlib.sha256(MP4).hexdigest() + ".mp4"]
    assert [media.path for media in post.media] == [str(tmp_path / "media" / name) for name in names]
    assert [media.type for media in post.media] == ["image", "video"]
    assert [media.sha256 for media in post.media] == [Path(name).stem for name in names]
    assert sorted(path.name for path in (tmp_path / "media").iterdir()) == sorted([*names, "fetched.jsonl"])
    assert (fetcher.fetched, told) == (2, [])


def test_what_was_fetched_is_not_asked_for_again(server: Served, fetch: Fetch) -> None:
    server.replies["/a"] = reply(JPEG)
    first = fetch(post_with(f"{server.url}/a"))[0]
    again, fetcher, _ = fetch(post_with(f"{server.url}/a"))
    assert (again, fetcher.fetched, fetcher.known, len(server.asked)) == (first, 0, 1, 1)
    Path(first.media[0].path or "").unlink()
    assert fetch(post_with(f"{server.url}/a"))[1].fetched == 1


def test_an_index_whose_last_line_is_cut_off_is_read_as_far_as_it_goes(
    server: Served, fetch: Fetch, tmp_path: Path
) -> None:
    server.replies["/a"] = reply(JPEG)
    fetch(post_with(f"{server.url}/a"))
    with (tmp_path / "media" / "fetched.jsonl").open("a", encoding="utf-8") as index:
        index.write('{"url": "http://x/", "file": "../../etc/passwd", "sha256": "' + "0" * 64 + '"}\n{"url": "htt')
    assert fetch(post_with(f"{server.url}/a"))[1].known == 1


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<html>sign in</html>", "holds text/html: a picture, video or sound was expected"),
        (b"#EXTM3U\nfile:///etc/passwd", "holds a playlist"),
        (b"", "holds text/html"),
    ],
)
def test_what_is_no_media_is_not_kept(server: Served, fetch: Fetch, tmp_path: Path, content: bytes, what: str) -> None:
    server.replies["/a"] = reply(content, Content_Type="text/html; charset=utf-8")
    post, fetcher, told = fetch(post_with(f"{server.url}/a"))
    assert post == post_with(f"{server.url}/a")
    assert (fetcher.failed, fetcher.unreachable) == (1, False)
    assert told[0].startswith("p: ")
    assert what in told[0]
    assert list((tmp_path / "media").iterdir()) == []


def test_media_that_cannot_be_had_leave_the_others(server: Served, fetch: Fetch) -> None:
    server.replies["/a"] = reply(JPEG)
    urls = [f"{server.url}/gone", "http://user@x/", "file:///etc/passwd", f"{server.url}/a"]
    post, fetcher, told = fetch(post_with(*urls))
    assert [media.path is not None for media in post.media] == [False, False, False, True]
    assert (fetcher.fetched, fetcher.failed) == (1, 3)
    assert "answered 404: the media is not there any more" in told[0]


def test_media_with_a_path_or_without_an_address_are_left_as_they_are(fetch: Fetch) -> None:
    post = Post.model_validate(
        {"id": "p", "text": "", "media": [{"id": "x"}, {"url": "http://x/", "path": "here.jpg"}]}
    )
    assert fetch(post)[0] == post


# ------------------------------------------------------------------ the command


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """An internet of one server, with certificates: every name has a public address, and every connection ends here."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = ("t.me", "public.api.bsky.app", "social.example", "files.example")
    authority.issue_cert(*names).configure_cert(context)
    certificate = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with answering(context) as served:
        connect = socket.create_connection

        def resolved(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            ip = host if host[0].isdigit() else "93.184.216.34"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

        def connected(address: tuple[str, int], *args: Any, **how: Any) -> socket.socket:
            assert address[0] == "93.184.216.34"
            return connect(("127.0.0.1", served.loopback.port), *args, **how)

        monkeypatch.setattr(socket, "getaddrinfo", resolved)
        monkeypatch.setattr(socket, "create_connection", connected)
        monkeypatch.setattr("time.sleep", lambda _seconds: None)
        monkeypatch.chdir(tmp_path)
        yield served


def test_fetch_posts_prints_posts_as_jsonl_and_says_first_that_it_asks(
    internet: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = json.loads((EXPORTS / "mastodon" / "statuses.json").read_text(encoding="utf-8"))
    internet.replies |= {
        "/s/harbour_example/12": reply(PAGE),
        "/api/v1/statuses/113900000000000104": reply(json.dumps(statuses[3])),
    }
    urls = ["https://t.me/Harbour_Example/12", "https://social.example/@bahr@mer.example/113900000000000104"]
    assert main(["fetch", "posts", *urls]) == 0
    told = capsys.readouterr()
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert [row["id"] for row in rows] == [
        "telegram:harbour_example/12",
        "mastodon:mer.example/100",
        "mastodon:social.example/113900000000000101",
    ]
    assert told.err.startswith("crosspost: asks the servers of these posts, which will see your network address")


def test_fetch_posts_goes_on_after_a_post_that_could_not_be_had(
    internet: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    internet.replies["/s/harbour_example/12"] = reply(PAGE)
    assert main(["fetch", "posts", "-q", "https://t.me/harbour_example/99", "https://t.me/harbour_example/12"]) == 3
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert told.err.count("\n") == 1


def test_what_fetch_posts_prints_can_be_checked_and_its_media_fetched(
    internet: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.replace("cdn4.telesco.example", "files.example")
    internet.replies |= {"/s/harbour_example/12": reply(page), "/file/a.jpg": reply(JPEG), "/file/b.mp4": reply(MP4)}
    assert main(["fetch", "posts", "-q", "https://t.me/harbour_example/12"]) == 0
    Path("posts.jsonl").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["fetch", "media", "posts.jsonl", "--into", "files"]) == 0
    told = capsys.readouterr()
    assert "2 media fetched, 0 there before, 0 not to be had: files" in told.err
    Path("with-media.jsonl").write_text(told.out, encoding="utf-8")
    paths = [media["path"] for media in json.loads(told.out)["media"]]
    assert [Path(path).read_bytes() for path in paths] == [JPEG, MP4]
    assert main(["check", "-q", "with-media.jsonl"]) == 0


def test_an_interrupted_fetch_says_what_was_written(
    internet: Served, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.replies["/s/harbour_example/12"] = reply(PAGE)
    ask = Client.request

    def interrupted(client: Client, method: str, url: str, **more: Any) -> Any:
        if "/99" in url or "files.example" in url:
            raise KeyboardInterrupt
        return ask(client, method, url, **more)

    monkeypatch.setattr(Client, "request", interrupted)
    assert main(["fetch", "posts", "-q", "https://t.me/harbour_example/12", "https://t.me/other_example/99"]) == 130
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert told.err == "crosspost: interrupted; 1 posts were written\n"
    rows = [{"id": "1", "text": "x"}, {"id": "2", "text": "x", "media": [{"url": "https://files.example/a.jpg"}]}]
    Path("posts.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["fetch", "media", "-q", "posts.jsonl", "--into", "files"]) == 130
    told = capsys.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["1"]
    assert "interrupted; 1 posts were written; what was fetched whole is in files" in told.err


def test_fetch_media_never_asks_this_machine(internet: Served, capsys: pytest.CaptureFixture[str]) -> None:
    media = [{"url": f"http://{host}/x"} for host in ("127.0.0.1", "169.254.169.254", "10.0.0.1")]
    Path("posts.jsonl").write_text(json.dumps({"id": "p", "text": "x", "media": media}), encoding="utf-8")
    assert main(["fetch", "media", "posts.jsonl"]) == 0
    assert capsys.readouterr().err.count("an address that is not public, which is not asked") == 3
    assert internet.asked == []


def test_a_redirect_into_the_private_network_is_not_followed(internet: Served) -> None:
    internet.replies["/x"] = reply(status=302, Location="https://127.0.0.1/secret")
    with pytest.raises(ForbiddenAddress):
        Asker(Client(public_only=True, attempts=1)).get("https://files.example/x")
    assert internet.asked == ["/x"]


def test_a_redirect_that_leaves_encryption_is_not_followed(internet: Served) -> None:
    internet.replies["/x"] = reply(status=302, Location="http://files.example/y")
    with pytest.raises(BadAnswer, match="leads to an address without encryption"):
        Asker(Client(public_only=True, attempts=1)).get("https://files.example/x")
    assert internet.asked == ["/x"]
