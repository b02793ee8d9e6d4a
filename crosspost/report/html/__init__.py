"""The HTML report: one file that asks nothing of the network, for people to read side by side.

Posts are hostile input. Three things keep them harmless, each without the others: jinja2 escapes every expression,
`plain` runs on every expression that is not markup yet (so that no invisible or reordering character gets through
where a template forgot to ask), and the page's own Content-Security-Policy allows one style sheet and one script, by
their hashes. The script is the same for every report and is given no data: it reads the page.

report -> `finding_view` (what is shown of a finding, and what is left out) -> templates
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from crosspost.models import Report
from crosspost.report.html import wording
from crosspost.report.html.finding import finding_view, group_view
from crosspost.report.html.map import land
from crosspost.report.html.visible import isolated, plain, sentence, shown

_TEMPLATES = Path(__file__).parents[1] / "templates"
_OPEN_FINDINGS = 3  # unfolded at first; the titles of the others read as a table of contents
_PROBLEMS = 1_000
_GROUPS = 200  # without conflict; they are not what the report is for


def render(report: Report) -> str:
    """Write a report as one HTML page that is complete in itself.

    The page loads nothing and holds no clock: the same report gives the same bytes. Links lead to the posts alone,
    where their address is http or https; everything else that posts bring is text.
    """
    environment = _environment()
    style = environment.get_template("report.css").render()
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    in_conflict = {finding.group for finding in report.findings}
    quiet = [group for group in report.groups if group.id not in in_conflict]
    findings = [
        (number, finding_view(report, finding, f"f{number}")) for number, finding in enumerate(report.findings, 1)
    ]
    return environment.get_template("report.html.jinja").render(
        report=report,
        style=style,
        script=script,
        policy=_policy(style, script),
        land=land() if any(view.map for _, view in findings) else "",
        read=report.provenance.get("inputs", ()),
        made=[
            ("crosspost", report.crosspost),
            ("schema", report.schema),
            *wording.rows(report.options.model_dump(), "option"),
            *wording.rows({key: value for key, value in report.provenance.items() if key != "inputs"}),
        ],
        glossed=sum(annotation.pivot.quality == "gloss" for annotation in report.posts.values()),
        open_findings=_OPEN_FINDINGS,
        problems_shown=_PROBLEMS,
        findings=findings,
        groups=[group_view(report, group, f"g{number}p") for number, group in enumerate(quiet[:_GROUPS], 1)],
        groups_omitted=max(0, len(quiet) - _GROUPS),
    )


def _policy(style: str, script: str) -> str:
    """Nothing from anywhere; our own style sheet and script by their hashes; pictures that stand in the page itself."""
    allowed = {f"{kind}-src": f"'sha256-{_hash(text)}'" for kind, text in (("style", style), ("script", script))}
    parts = {"default-src": "'none'", **allowed, "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _template(name: str) -> str:
    """The source of a template, the lines of its markup joined: of a large page they are a hundredth."""
    return (_TEMPLATES / name).read_text(encoding="utf-8").replace("\n<", "<")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "bar": wording.bar,
        "beginning": wording.beginning,
        "bits": wording.bits,
        "instant": wording.instant,
        "isolated": isolated,
        "language_words": wording.language_words,
        "media_words": wording.media_words,
        "namesakes": wording.namesakes,
        "place_name": wording.place_name,
        "place_words": wording.place_words,
        "plural": wording.plural,
        "sentence": sentence,
        "shown": shown,
    }
    environment.filters.update(filters)
    environment.globals.update(
        claim_words=wording.claim_words,
        levels=wording.LEVELS,
        qualities=wording.QUALITIES,
        relations=wording.RELATIONS,
    )
    return environment
