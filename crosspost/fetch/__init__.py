"""Fetching: public posts by their address, and the media of posts."""

from crosspost.fetch.asking import Asker
from crosspost.fetch.media import MediaFetcher
from crosspost.fetch.posts import fetch_posts

__all__ = ["Asker", "MediaFetcher", "fetch_posts"]
