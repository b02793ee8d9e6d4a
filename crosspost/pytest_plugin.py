"""A pytest plugin: `*.case.json` files are regression tests (README: "How to add a case").

It comes with the package: wherever crosspost is installed, pytest collects such files. The fixture `crosspost_checker`
is an offline checker for tests of your own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from crosspost.checker import Checker
    from crosspost.models import LocationClaim, Report


@pytest.fixture(scope="session")
def crosspost_checker() -> Checker:
    """Return a checker that uses no network: the gloss and the default detector."""
    return _offline_checker()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect `*.case.json` files, each as one test."""
    if file_path.name.endswith(".case.json"):
        collector: pytest.Collector = CaseFile.from_parent(parent, path=file_path)
        return collector
    return None


class CaseFile(pytest.File):
    """A case file: posts, and the outline of what a check of them should say."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the one test of the file, named by its title."""
        case = json.loads(self.path.read_text(encoding="utf-8"))
        yield CaseItem.from_parent(self, name=case["title"], case=case)


class CaseMismatch(AssertionError):
    """What came out is not what the case expects; its lines say what differs."""


class CaseItem(pytest.Item):
    """One case: passes when every part of its `expect` holds."""

    def __init__(self, *, case: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._case = case

    def runtest(self) -> None:
        """Check the case's posts and compare the outline."""
        from crosspost.models import Post

        checker = _offline_checker()
        posts = [Post.model_validate(post) for post in self._case["posts"]]
        differences = [*mismatches(self._case["expect"], checker.check(posts), _all_claims(checker, posts))]
        if differences:
            raise CaseMismatch("\n".join(differences))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what differs, without a traceback through the plugin."""
        if isinstance(excinfo.value, CaseMismatch):
            return f"{self.path}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return what pytest prints as the place of this test."""
        return self.path, None, self.name


def mismatches(expect: dict[str, Any], report: Report, claims: dict[str, tuple[LocationClaim, ...]]) -> Iterator[str]:
    """Yield a line for each part of `expect` that the report, or the posts' claims, do not bear out."""
    yield from _differing(
        "groups", sorted(map(sorted, expect["groups"])), sorted(sorted(g.posts) for g in report.groups)
    )
    wanted = [_conflict(**conflict) for conflict in expect["conflicts"]]
    found = [
        _conflict([c.a, c.b], [place.name for place in c.places], c.relation, finding.level)
        for finding in report.findings
        for c in finding.conflicts
    ]
    yield from _differing("conflicts", sorted(wanted), sorted(found))
    links = {frozenset((link.a, link.b)): link for group in report.groups for link in group.links}
    for item in expect.get("evidence", []):
        link = links.get(frozenset(item["posts"]))
        kinds = {evidence.kind for evidence in link.evidence if evidence.weight > 0} if link else set()
        if missing := sorted(set(item["kinds"]) - kinds):
            yield f"evidence of {item['posts']}: no {', '.join(missing)} among {sorted(kinds)}"
    for post, items in expect.get("claims", {}).items():
        for item in items:
            if not any(_fits(claim, item) for claim in claims[post]):
                yield f"claims of {post}: no {item} among {[_outline(claim) for claim in claims[post]]}"
    disputes = sorted({(d.post, d.place.name, d.of) for group in report.groups for d in group.disputes})
    if "disputes" in expect:
        wanted_disputes = sorted((d["post"], d["place"], tuple(sorted(d["of"]))) for d in expect["disputes"])
        yield from _differing("disputes", wanted_disputes, disputes)


def _differing(what: str, wanted: list[Any], found: list[Any]) -> Iterator[str]:
    if wanted != found:
        yield f"{what}: expected {wanted}\n{' ' * len(what)}       found {found}"


def _conflict(posts: list[str], places: list[str], relation: str, level: str) -> tuple[Any, ...]:
    """A conflict as an outline, whichever of the two posts is named first."""
    return (*sorted(zip(posts, places, strict=True)), relation, level)


def _fits(claim: LocationClaim, item: dict[str, str]) -> bool:
    return all(_outline(claim)[field] == value for field, value in item.items())


def _outline(claim: LocationClaim) -> dict[str, str]:
    return {"place": claim.place.name, "kind": claim.kind, "stance": claim.stance, "text": claim.text}


def _all_claims(checker: Checker, posts: list[Any]) -> dict[str, tuple[LocationClaim, ...]]:
    from crosspost.surroundings import inherit

    return {annotation.id: annotation.claims for annotation in inherit(checker.annotate(posts))}


def _offline_checker() -> Checker:
    global _checker  # noqa: PLW0603  # one for all cases: it loads profiles and lexica
    if _checker is None:
        from crosspost.checker import Checker

        _checker = Checker()
    return _checker


_checker: Checker | None = None
