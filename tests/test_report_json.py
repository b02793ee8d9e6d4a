from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import crosspost
from crosspost.report import render

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
PLATFORM_LANGUAGE = "as the platform says"
EXTRA = {
    "id": "t-1",
    "text": "Tanker fire seen from the bridge, 14 fuel trucks burning near Idlib",
    "thread": "t",
    "created_at": "2026-03-12T10:00:00+02:00",
    "media": [{"id": "tg-media-55", "type": "video", "codec": "h264"}],
    "collected_by": {"desk": 4, "tags": ["é", None]},
    "language": PLATFORM_LANGUAGE,
}
SILENT = {"id": "t-2", "text": "", "thread": "t", "media": [{"id": "tg-media-55"}]}
BROKEN = "nonsense\n"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    rows = [json.dumps(EXTRA, ensure_ascii=False), json.dumps(SILENT)]
    (folder / "posts.jsonl").write_text(EXAMPLE.read_text(encoding="utf-8") + "\n".join(rows) + "\n" + BROKEN, "utf-8")
    return folder


@pytest.fixture(scope="module")
def written(folder: Path) -> str:
    return render(crosspost.check(crosspost.read(folder / "posts.jsonl")), "json")


@pytest.fixture(scope="module")
def report(written: str) -> Json:
    parts: Json = json.loads(written, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))
    return parts


def links(report: Json) -> Iterator[Json]:
    for part in (*report["groups"], *report["findings"]):
        yield from part["links"]


def places(report: Json) -> Iterator[Json]:
    for finding in report["findings"]:
        yield from (claim["place"] for claim in finding["claims"])
        yield from (place for conflict in finding["conflicts"] for place in conflict["places"])
        yield from (dispute["place"] for dispute in finding["disputes"])
    for post in report["posts"].values():
        for claim in post["claims"]:
            yield from (claim["place"], *claim["alternatives"])


# ------------------------------------------------------------------ fields


def test_the_report_has_its_fields_and_no_others(report: Json) -> None:
    fields = "schema crosspost options provenance counts problems groups findings posts"
    assert list(report) == fields.split()


def test_the_report_names_its_schema_and_version(report: Json) -> None:
    assert (report["schema"], report["crosspost"]) == ("crosspost.report/1", crosspost.__version__)


def test_the_options_are_those_of_the_check(report: Json) -> None:
    options = {"pivot": "en", "translator": "gloss", "detector": "profiles", "languages": None}
    assert options.items() <= report["options"].items()


def test_the_counts_are_those_of_the_lists(report: Json) -> None:
    counts = report["counts"]
    assert counts["findings"] == len(report["findings"]) == 1
    assert counts["groups"] == len(report["groups"])
    assert counts["unreadable"] == len(report["problems"]) == 1
    assert counts["posts"] == len(EXAMPLE.read_text(encoding="utf-8").splitlines()) + 2


def test_a_problem_has_file_line_and_error(report: Json) -> None:
    (problem,) = report["problems"]
    assert set(problem) == {"file", "line", "error"}
    assert problem["line"] == report["counts"]["posts"] + 1


def test_a_group_has_its_fields(report: Json) -> None:
    for group in report["groups"]:
        assert {"id", "posts", "links"} <= set(group)
        assert group["id"].startswith("g-")
        assert len(group["posts"]) >= 2


def test_a_finding_has_its_fields(report: Json) -> None:
    fields = "id group level score summary posts claims conflicts disputes differences links omitted"
    for finding in report["findings"]:
        assert set(fields.split()) <= set(finding)
        assert finding["id"].startswith("f-")
        assert finding["level"] in ("look-first", "possible")
        assert finding["omitted"] == 0
        assert 0 < finding["score"] < 1
        assert finding["summary"]


def test_a_finding_belongs_to_a_group_of_the_same_posts(report: Json) -> None:
    groups = {group["id"]: group["posts"] for group in report["groups"]}
    assert [finding["posts"] for finding in report["findings"]] == [
        groups[finding["group"]] for finding in report["findings"]
    ]


def test_a_conflict_names_two_posts_of_its_finding_two_places_a_relation_and_a_strength(report: Json) -> None:
    for finding in report["findings"]:
        assert finding["conflicts"]
        for conflict in finding["conflicts"]:
            assert set(conflict) == {"a", "b", "places", "relation", "strength"}
            assert {conflict["a"], conflict["b"]} <= set(finding["posts"])
            assert conflict["relation"] in ("far", "other-country", "other-governorate")
            assert len(conflict["places"]) == 2
            assert 0 < conflict["strength"] <= 1


def test_a_score_joins_the_best_link_with_the_weaker_strength(report: Json) -> None:
    for finding in report["findings"]:
        score_of = {(link["a"], link["b"]): link["score"] for link in finding["links"]}
        joined = [score_of[c["a"], c["b"]] * c["strength"] for c in finding["conflicts"]]
        assert finding["score"] == pytest.approx(max(joined), abs=1e-4)


def test_every_pair_in_conflict_has_its_link(report: Json) -> None:
    for finding in report["findings"]:
        pairs = {(link["a"], link["b"]) for link in finding["links"]}
        assert {(conflict["a"], conflict["b"]) for conflict in finding["conflicts"]} <= pairs


def test_a_dispute_names_the_post_the_place_and_the_posts_it_speaks_against(report: Json) -> None:
    (finding,) = report["findings"]
    assert [(d["post"], d["place"]["name"]) for d in finding["disputes"]] == [("x-118", "Idlib")]
    for dispute in finding["disputes"]:
        assert set(dispute) == {"post", "place", "of", "start", "end"}
        assert {"x-101", "x-102"} <= set(dispute["of"])
        assert report["posts"][dispute["post"]]["text"][dispute["start"] : dispute["end"]] == "Idlib"


def test_a_claim_of_a_finding_names_place_posts_and_when_it_was_first_seen(report: Json) -> None:
    (finding,) = report["findings"]
    claims = {claim["place"]["name"]: claim for claim in finding["claims"]}
    assert claims["Sirte"]["posts"] == ["tg-7", "x-118"]
    assert claims["Sirte"]["first_seen"] == "2026-03-11T22:37:00Z"


def test_every_place_has_its_fields(report: Json) -> None:
    fields = {"id", "name", "country", "admin1", "level", "lat", "lon"}
    assert all(fields <= set(place) for place in places(report))


# ------------------------------------------------------------------ links and evidence


def test_the_bits_of_a_link_are_the_sum_of_its_evidence(report: Json) -> None:
    for link in links(report):
        assert link["bits"] == pytest.approx(sum(item["weight"] for item in link["evidence"]), abs=0.011)


def test_the_prior_stands_first_in_the_evidence(report: Json) -> None:
    for link in links(report):
        assert [item["kind"] for item in link["evidence"]].index("prior") == 0
        assert link["evidence"][0]["weight"] < 0


def test_the_score_of_a_link_is_the_probability_of_its_bits(report: Json) -> None:
    for link in links(report):
        assert link["score"] == pytest.approx(1 / (1 + math.exp2(-link["bits"])), abs=6e-5)


def test_every_evidence_has_kind_weight_sentence_and_spans(report: Json) -> None:
    for link in links(report):
        for item in link["evidence"]:
            assert set(item) == {"kind", "weight", "detail", "a", "b"}
            assert isinstance(item["weight"], float)
            assert item["detail"]


def test_the_spans_of_evidence_are_offsets_of_words_in_the_texts(report: Json) -> None:
    spans = [
        (report["posts"][link[side]]["text"], start, end)
        for link in links(report)
        for item in link["evidence"]
        for side in "ab"
        for start, end in item[side]
    ]
    assert spans
    for text, start, end in spans:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()


def test_links_join_posts_of_their_group(report: Json) -> None:
    for group in report["groups"]:
        assert all({link["a"], link["b"]} <= set(group["posts"]) for link in group["links"])


# ------------------------------------------------------------------ posts


def test_posts_are_those_of_groups_alone(report: Json) -> None:
    assert set(report["posts"]) == {post for group in report["groups"] for post in group["posts"]}


def test_a_post_comes_out_as_it_went_in_and_as_it_was_understood(report: Json) -> None:
    post = report["posts"]["tg-7"]
    assert {"id", "text", "author", "created_at", "language", "pivot", "claims", "figures", "media"} <= set(post)
    assert post["language"]["code"] == "ar"
    assert post["pivot"]["quality"] == "gloss"
    assert 0 < post["pivot"]["coverage"] <= 1


def test_unknown_fields_of_posts_and_media_come_out_again(report: Json) -> None:
    post = report["posts"]["t-1"]
    assert post["collected_by"] == EXTRA["collected_by"]
    assert post["media"] == EXTRA["media"]


def test_an_unknown_field_comes_out_again_though_the_report_has_one_of_its_name(report: Json) -> None:
    assert PLATFORM_LANGUAGE in json.dumps(report["posts"]["t-1"])


def test_times_come_out_in_utc(report: Json) -> None:
    assert report["posts"]["t-1"]["created_at"] == "2026-03-12T08:00:00Z"


def test_the_words_of_a_claim_stand_where_it_says(report: Json) -> None:
    seen = 0
    for post in report["posts"].values():
        for claim in post["claims"]:
            if claim["start"] is not None:
                seen += 1
                assert post["text"][claim["start"] : claim["end"]] == claim["text"]
    assert seen


def test_the_words_of_a_figure_stand_where_it_says(report: Json) -> None:
    figures = [(post["text"], figure) for post in report["posts"].values() for figure in post["figures"]]
    assert figures
    assert all(text[figure["start"] : figure["end"]] == figure["text"] for text, figure in figures)


def test_a_claim_has_kind_stance_and_strength(report: Json) -> None:
    kinds = {"geotag", "located", "hashtag", "mentioned", "speaker", "implied", "inherited"}
    for post in report["posts"].values():
        for claim in post["claims"]:
            assert claim["kind"] in kinds
            assert claim["stance"] in ("asserted", "denied")
            assert claim["side"] in ("original", "pivot")
            assert 0 < claim["strength"] <= 1


def test_an_inherited_claim_names_its_source_and_has_no_span(report: Json) -> None:
    (claim,) = report["posts"]["t-2"]["claims"]
    assert (claim["kind"], claim["via"], claim["start"], claim["end"]) == ("inherited", "t-1", None, None)


# ------------------------------------------------------------------ the same bytes


def test_the_report_is_readable_text_that_ends_in_a_newline(written: str) -> None:
    assert written.endswith("}\n")
    assert "سرت" in written


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(folder: Path, written: str) -> None:
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-m", "crosspost", "check", folder / "posts.jsonl", "--format", "json", "-q"],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Kolkata"},
        )
        assert done.stdout == written


def test_the_order_of_the_input_plays_no_part(folder: Path, report: Json) -> None:
    lines = (folder / "posts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(7).shuffle(lines)  # noqa: S311  # any order will do
    (folder / "shuffled").mkdir(exist_ok=True)
    (folder / "shuffled" / "posts.jsonl").write_text("".join(lines), encoding="utf-8")
    shuffled = json.loads(render(crosspost.check(crosspost.read(folder / "shuffled" / "posts.jsonl")), "json"))

    def comparable(parts: Json) -> str:
        about_the_file = {"problems", "provenance"}  # a line number, and the hash of the file
        return json.dumps({key: value for key, value in parts.items() if key not in about_the_file})

    assert comparable(shuffled) == comparable(report)
    assert shuffled["provenance"]["pivots"] == report["provenance"]["pivots"]


def test_no_path_of_the_machine_is_inside(folder: Path, written: str) -> None:
    assert str(folder) not in written


def test_ids_of_groups_and_findings_stay_when_unrelated_posts_are_added(folder: Path, report: Json) -> None:
    unrelated = {"id": "z-1", "text": "The bakery at the corner sells warm bread again on Sunday mornings"}
    more = folder / "more.jsonl"
    more.write_text(json.dumps(unrelated), encoding="utf-8")
    larger = json.loads(render(crosspost.check(crosspost.read(folder / "posts.jsonl", more)), "json"))
    assert [group["id"] for group in larger["groups"]] == [group["id"] for group in report["groups"]]
    assert [finding["id"] for finding in larger["findings"]] == [finding["id"] for finding in report["findings"]]


def test_a_report_on_no_posts_is_whole(tmp_path: Path) -> None:
    crosspost.write(crosspost.check([]), tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["groups"], report["findings"], report["posts"]) == ([], [], {})
