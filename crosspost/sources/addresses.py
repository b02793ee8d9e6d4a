"""The web address of a post -> its platform and its id there, the same in whatever export the post comes."""

from __future__ import annotations

import re

# By host: the platform, and what of the path (with the query) tells the post.
_X = ("x", re.compile(r"(?:#!/)?[^/]+/(?:web/)?status(?:es)?/(\d+)"))
_TELEGRAM = ("telegram", re.compile(r"(?:s/)?((?:c/)?[A-Za-z0-9_]+/\d+)"))
_FACEBOOK = (
    "facebook",
    re.compile(
        r"groups/([^/?#]+)/(?:posts|permalink)/(\d+)|([^/?#]+)/(?:posts|videos)/(?:[^/?#]+/)?([^/?#]+)"
        r"|(?:watch/?|photo(?:\.php)?|permalink\.php|story\.php)\?.*?\b(?:v|fbid)=(\d+)"
    ),
)
_YOUTUBE = ("youtube", re.compile(r"(?:watch\?(?:.*&)?v=|shorts/|embed/)?([\w-]{11})\b"))
_HOSTS = {
    **dict.fromkeys(("x.com", "twitter.com", "fxtwitter.com", "vxtwitter.com"), _X),
    **dict.fromkeys(("t.me", "telegram.me"), _TELEGRAM),
    "tiktok.com": ("tiktok", re.compile(r"(?:@[^/]*/)?(?:video|photo|v)/(\d+)")),
    "instagram.com": ("instagram", re.compile(r"(?:[^/]+/)?(?:p|reel|reels|tv)/([\w-]+)")),
    "bsky.app": ("bluesky", re.compile(r"profile/([^/]+)/post/([^/?#]+)")),
    **dict.fromkeys(("facebook.com", "fb.com"), _FACEBOOK),
    **dict.fromkeys(("youtube.com", "youtu.be"), _YOUTUBE),
}
_ADDRESS = re.compile(r"https?://(?:(?:www|m|mobile|web)\.)?([^/?#\s]+)/?([^\s]*)", re.IGNORECASE)
_STATUS = re.compile(r"@[^/]+/(\d{10,})/?")  # of Mastodon, on any host


def id_of_url(url: str) -> tuple[str, str] | None:
    """Return the platform of a post's address and its id, unique across platforms; None for what is no web address."""
    address = _ADDRESS.match(url.strip())
    if address is None:
        return None
    host, path = address[1].lower(), address[2]
    platform, pattern = _HOSTS.get(host, ("mastodon", _STATUS))
    if match := pattern.match(path) if platform != "mastodon" else pattern.fullmatch(path):
        number = "/".join(part for part in match.groups() if part)
        if platform == "telegram":
            number = number.lower()  # names of channels are the same in small and capital letters
        return platform, f"{platform}:{host}/{number}" if platform == "mastodon" else f"{platform}:{number}"
    return "web", f"web:{host}/{path.split('#', 1)[0]}".rstrip("/")
