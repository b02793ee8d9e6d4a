"""Each format of a report, read back by a program of its own world."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import geojson
import networkx as nx
import pytest
from example_report import IDLIB, LIBYA, annotation, example, with_text
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from crosspost import Post, UsageError, write
from crosspost.models import Place, Report
from crosspost.report import FORMATS, format_of, names, parts, render, writer

FEW = settings(deadline=None, max_examples=60)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
SCHEMA_ORG = {"@context": {"@vocab": "https://schema.org/"}}


def rows(report: Report) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(render(report, "csv").removeprefix("\ufeff"), newline=""))]


def network(report: Report) -> Any:
    return nx.parse_graphml(render(report, "graphml"), force_multigraph=True)


def expanded(report: Report) -> list[dict[str, Any]]:
    """The reviews as a JSON-LD processor understands them, schema.org's context standing for itself."""

    def loaded(url: str, _options: object) -> dict[str, object]:
        assert url == "https://schema.org"
        return {"contextUrl": None, "documentUrl": url, "document": SCHEMA_ORG, "contentType": "application/ld+json"}

    document = json.loads(render(report, "mediareview"))
    found: list[dict[str, Any]] = jsonld.expand(document, {"documentLoader": loaded})
    return found


def values(node: dict[str, Any], name: str) -> list[Any]:
    return [value.get("@value", value) for value in node.get(f"https://schema.org/{name}", [])]


# ------------------------------------------------------------------ all of them


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_chosen_by_its_suffix(name: str, tmp_path: Path) -> None:
    for suffix in FORMATS[name][1]:
        file = tmp_path / f"report{suffix.upper()}"
        write(example(), file)
        assert format_of(file) == name
        assert file.read_bytes().decode() == render(example(), name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_without_findings_can_be_written_in_every_format(name: str) -> None:
    written = render(replace(example(), findings=(), groups=(), posts={}), name)
    assert "f-4c1d" not in written
    assert bool(written) == (name != "jsonl")


def test_an_unknown_format_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="unknown format 'pdf': known are text, json"):
        writer("pdf")


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_text("earlier")
    broken = replace(example(), posts={})
    with pytest.raises(KeyError):
        write(broken, file)
    assert file.read_text() == "earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["report.csv"]


class _Entry:
    """An entry point of another package."""

    def __init__(self, name: str, loaded: object) -> None:
        self.name = name
        self._loaded = loaded

    def load(self) -> object:
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def test_a_format_of_another_package_is_written_and_known_by_its_suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(report: Report) -> str:
        return f"{len(report.findings)} findings\n"

    counted.suffixes = (".count",)  # type: ignore[attr-defined]  # as the README tells other packages
    monkeypatch.setattr("crosspost.report._others", lambda: {"count": _Entry("count", counted)})
    assert "count" in names()
    assert format_of("a.count") == "count"
    assert "".join(parts(example(), "count")) == "1 findings\n"


def test_a_broken_format_of_another_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crosspost.report._others", lambda: {"bad-one": _Entry("bad-one", ImportError("no such room"))})
    with pytest.raises(UsageError, match="'bad-one' of another package cannot be loaded: no such room"):
        writer("bad-one")


# ------------------------------------------------------------------ JSON lines


def test_a_line_of_jsonl_is_a_finding_with_its_posts() -> None:
    (line,) = render(example(), "jsonl").splitlines()
    finding = json.loads(line)
    whole = json.loads(render(example(), "json"))
    assert {name: value for name, value in finding.items() if name != "annotations"} == whole["findings"][0]
    assert finding["annotations"] == {post: whole["posts"][post] for post in finding["posts"]}


@FEW
@given(ANY_TEXT)
def test_jsonl_has_a_line_a_finding_whatever_the_posts_say(text: str) -> None:
    written = render(with_text(text), "jsonl")
    assert len(written.splitlines()) == 1
    assert json.loads(written)["annotations"]["en-1"]["text"] == Post(id="en-1", text=text).text


# ------------------------------------------------------------------ CSV


def test_the_table_has_a_row_for_each_post_of_each_finding() -> None:
    assert [(row["finding"], row["post"]) for row in rows(example())] == [
        ("f-4c1d", "ar-1"),
        ("f-4c1d", "en-1"),
        ("f-4c1d", "fr-1"),
    ]


def test_a_row_says_what_its_post_claims_denies_and_is_in_conflict_with() -> None:
    arabic, english, french = rows(example())
    assert (arabic["places"], arabic["words"], arabic["in_conflict_with"]) == ("Libya", "في ليبيا", "en-1")
    assert (english["places"], english["linked_with"], english["link_score"]) == ("Idlib (SY)", "ar-1", "0.97")
    assert (french["denies"], french["against"], french["places"]) == ("Libya", "ar-1", "")


def test_the_table_begins_with_the_mark_by_which_spreadsheets_know_utf_8() -> None:
    assert render(example(), "csv").startswith("\ufefffinding,level,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "'=", "''@"])
def test_a_text_that_a_spreadsheet_would_compute_has_a_mark_in_front(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert rows(with_text(text))[1]["text"] == f"'{text}"


@FEW
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_a_cell_gives_its_text_back_when_one_mark_is_taken_away(text: str) -> None:
    cell = rows(with_text(text))[1]["text"]
    assert text in (cell, cell.removeprefix("'"))
    assert not cell.startswith(("=", "+", "-", "@"))


def test_a_real_spreadsheet_shows_arabic_and_computes_nothing(tmp_path: Path) -> None:
    program = shutil.which("ssconvert")
    if program is None:
        pytest.skip("no Gnumeric on this machine: ssconvert is not on the PATH")
    report = example()
    formulas = {"en-1": "=1+1", "fr-1": "-2+3", "ar-1": "فيديو من ليبيا"}
    posts = {name: annotation(Post(id=name, text=text)) for name, text in formulas.items()}
    write(replace(report, posts=posts), tmp_path / "report.csv")
    command = [program, "--import-encoding=UTF-8", "report.csv", "opened.txt"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)  # Gnumeric
    with (tmp_path / "opened.txt").open(encoding="utf-8-sig") as file:
        shown = {row["post"]: row["text"] for row in csv.DictReader(file)}
    assert shown == formulas


# ------------------------------------------------------------------ GraphML


def test_the_network_has_the_posts_of_groups_with_what_gephi_draws_them_by() -> None:
    graph = network(example())
    assert sorted(graph.nodes) == ["ar-1", "en-1", "fr-1", "q-1", "q-2"]
    node = graph.nodes["en-1"]
    assert (node["place"], node["lat"], node["lon"], node["country"]) == ("Idlib (SY)", 35.9, 36.6, "SY")
    assert (node["time"], node["platform"], node["label"]) == ("2020-03-01T08:15:00Z", "x", "en-1: Idlib (SY)")


def test_links_and_conflicts_are_edges_told_apart() -> None:
    edges = network(example()).edges(data=True)
    assert sorted((*sorted((a, b)), data["kind"], data["weight"], data["bits"]) for a, b, data in edges) == [
        ("ar-1", "en-1", "conflict", 0.9, 5.7),
        ("ar-1", "en-1", "link", 0.97, 5.7),
        ("en-1", "fr-1", "link", 0.8, 2.0),
        ("q-1", "q-2", "link", 0.98, 6.0),
    ]


@FEW
@given(ANY_TEXT)
def test_any_text_goes_through_the_network_without_its_controls(text: str) -> None:
    given_back = network(with_text(text)).nodes["en-1"].get("text")
    if not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\ufffe\uffff" for char in text):
        assert given_back == Post(id="en-1", text=text).text
    else:
        assert len(given_back) == len(text)


# ------------------------------------------------------------------ GeoJSON


def test_each_claimed_place_of_a_finding_is_a_feature_longitude_first() -> None:
    collection = geojson.loads(render(example(), "geojson"))
    assert collection.is_valid
    points = {feature["properties"]["place"]: feature["geometry"]["coordinates"] for feature in collection["features"]}
    assert points == {"Idlib (SY)": [36.6, 35.9], "Libya": [17.0, 28.0]}


def test_a_place_without_coordinates_is_a_feature_without_geometry() -> None:
    report = example()
    nowhere = Place("X", "Somewhere", None, None, "region", None, None)
    claims = (replace(report.findings[0].claims[0], place=nowhere),)
    collection = geojson.loads(
        render(replace(report, findings=(replace(report.findings[0], claims=claims),)), "geojson")
    )
    assert [feature["geometry"] for feature in collection["features"]] == [None]
    assert collection.is_valid


def test_a_feature_says_who_claims_the_place_when_first_and_in_which_words() -> None:
    first = geojson.loads(render(example(), "geojson"))["features"][0]["properties"]
    assert (first["posts"], first["words"], first["first_seen"]) == (["en-1"], ["in Idlib"], "2020-03-01T08:15:00Z")


# ------------------------------------------------------------------ MediaReview


def test_a_review_is_a_draft_whose_verdict_and_author_are_empty() -> None:
    (review,) = expanded(example())
    assert review["@type"] == ["https://schema.org/MediaReview"]
    assert values(review, "creativeWorkStatus") == ["Draft"]
    for empty in ("author", "datePublished", "mediaAuthenticityCategory", "originalMediaContextDescription"):
        assert values(review, empty) == []
    form = json.loads(render(example(), "mediareview"))["@graph"][0]
    assert form["author"] is form["mediaAuthenticityCategory"] is None


def test_a_review_has_one_item_and_a_claim_for_each_place() -> None:
    (review,) = expanded(example())
    (item,) = values(review, "itemReviewed")
    assert item["@type"] == ["https://schema.org/MediaReviewItem"]
    claims = values(item, "interpretedAsClaim")
    assert [values(values(claim, "about")[0], "name") for claim in claims] == [[IDLIB.name], [LIBYA.name]]
    (posting,) = values(claims[0], "appearance")
    assert values(posting, "identifier") == ["en-1"]


def test_only_addresses_of_the_web_appear_in_a_review() -> None:
    written = render(example(), "mediareview")
    assert "https://example.org/field_notes/status/1" in written
    assert "tg://" not in written


# ------------------------------------------------------------------ much of it


@pytest.mark.parametrize("name", ["json", "csv", "graphml", "geojson", "jsonl", "mediareview"])
def test_a_large_report_is_written_in_parts(name: str) -> None:
    many = tuple(replace(example().findings[0], id=f"f-{number}") for number in range(20))
    report = replace(example(), findings=many)
    assert max(map(len, parts(report, name))) < len(render(report, name)) / 5
