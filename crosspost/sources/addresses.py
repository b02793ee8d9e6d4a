"""The web address of a post -> its platform and its id there, the same in whatever export the post comes."""

from __future__ import annotations

import re

# Each pattern is matched against the address without its scheme and "www.", "m." and the like.
_PATTERNS = (
    ("x", re.compile(r"(?:twitter|x|fxtwitter|vxtwitter)\.com/(?:#!/)?[^/]+/(?:web/)?status(?:es)?/(\d+)")),
    ("telegram", re.compile(r"(?:t|telegram)\.me/(?:s/)?((?:c/)?[A-Za-z0-9_]+/\d+)")),
    ("tiktok", re.compile(r"tiktok\.com/(?:@[^/]*/)?(?:video|photo|v)/(\d+)")),
    ("instagram", re.compile(r"instagram\.com/(?:[^/]+/)?(?:p|reel|reels|tv)/([\w-]+)")),
    ("bluesky", re.compile(r"bsky\.app/profile/([^/]+/post/[^/?#]+)")),
    ("facebook", re.compile(r"facebook\.com/groups/([^/?#]+/(?:posts|permalink)/\d+)")),
    ("facebook", re.compile(r"facebook\.com/([^/?#]+/(?:posts|videos)/(?:[^/?#]+/)?[^/?#]+)")),
    (
        "facebook",
        re.compile(r"facebook\.com/(?:watch/?|photo(?:\.php)?|permalink\.php|story\.php)\?.*?(?:v|fbid)=(\d+)"),
    ),
    ("youtube", re.compile(r"(?:youtube\.com/(?:watch\?(?:.*&)?v=|shorts/)|youtu\.be/)([\w-]{11})")),
    ("mastodon", re.compile(r"([^/@]+\.[^/@]+)/@[^/]+/(\d{10,})$")),
)
_SCHEME = re.compile(r"^https?://(?:www\.|m\.|mobile\.|web\.)?", re.IGNORECASE)
_BETWEEN = re.compile(r"/(?:posts|permalink|videos|post)/(?:[^/]+/)?")


def id_of_url(url: str) -> tuple[str, str] | None:
    """Return the platform of a post's address and its id, unique across platforms; None for what is no web address."""
    bare, schemes = _SCHEME.subn("", url.strip(), count=1)
    if not schemes:
        return None
    for platform, pattern in _PATTERNS:
        if match := pattern.match(bare):
            number = "/".join(part for part in match.groups() if part)
            if platform == "telegram":
                number = number.lower()  # names of channels are the same in small and capital letters
            return platform, f"{platform}:{_BETWEEN.sub('/', number)}"
    return "web", f"web:{bare.split('#', 1)[0].rstrip('/')}"
