"""The pytest plugin that comes with the package: case files are tests, and they can fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest_plugins = ["pytester"]

POSTS = [
    {"id": "a", "text": "Boats burn in the harbour of Benghazi", "media": [{"id": "clip-1"}]},
    {"id": "b", "text": "Night fire, filmed in Aleppo", "media": [{"id": "clip-1"}]},
    {"id": "c", "text": "A quiet morning"},
]
EXPECT: dict[str, Any] = {
    "groups": [["a", "b"]],
    "conflicts": [
        {"posts": ["b", "a"], "places": ["Aleppo", "Benghazi"], "relation": "other-country", "level": "look-first"}
    ],
    "evidence": [{"posts": ["a", "b"], "kinds": ["media"]}],
    "claims": {"a": [{"place": "Benghazi", "kind": "located", "stance": "asserted"}]},
    "disputes": [],
}


def run(pytester: pytest.Pytester, **changed: Any) -> pytest.RunResult:
    case = {"title": "One clip, two places", "note": "", "posts": POSTS, "expect": {**EXPECT, **changed}}
    pytester.path.joinpath("clip.case.json").write_text(json.dumps(case), encoding="utf-8")
    return pytester.runpytest_inprocess("-q")


def test_a_case_that_holds_passes(pytester: pytest.Pytester) -> None:
    run(pytester).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("groups", []),
        ("groups", [["a", "b", "c"]]),
        ("conflicts", []),
        ("conflicts", [{**EXPECT["conflicts"][0], "level": "possible"}]),
        ("conflicts", [{**EXPECT["conflicts"][0], "places": ["Benghazi", "Aleppo"]}]),
        ("evidence", [{"posts": ["a", "b"], "kinds": ["figures"]}]),
        ("claims", {"a": [{"place": "Aleppo"}]}),
        ("claims", {"c": [{"kind": "located"}]}),
        ("disputes", [{"post": "a", "place": "Aleppo", "of": ["b"]}]),
    ],
)
def test_a_case_that_does_not_hold_fails_and_says_which_part(pytester: pytest.Pytester, part: str, wrong: Any) -> None:
    result = run(pytester, **{part: wrong})
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{part}*: *"])


def test_the_fixture_is_a_checker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(crosspost_checker): assert crosspost_checker.check([]).findings == ()")
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=1)
