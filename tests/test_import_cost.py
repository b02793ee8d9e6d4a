from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("langdetect", "httpx", "deep_translator", "numpy")
UNUSED = (*HEAVY, "pydantic", "rapidfuzz", "rich", "jinja2", "Stemmer")


def loaded_by(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the top-level packages it has imported in the end."""
    program = (
        f"import json, sys\n{code}\n"
        "sys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8")
    return set(json.loads(done.stderr))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["check", "--help"], ["explain", "--help"], ["fetch", "media", "--help"]]
)
def test_help_answers_without_loading_anything_heavy(arguments: list[str]) -> None:
    code = f"from crosspost.cli import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass"
    loaded = loaded_by(code)
    assert "crosspost" in loaded
    assert loaded.isdisjoint(UNUSED)


def test_importing_crosspost_loads_no_other_package() -> None:
    assert loaded_by("import crosspost").isdisjoint(UNUSED)


def test_importing_crosspost_loads_none_of_its_own_rooms() -> None:
    code = "import crosspost\nassert not [name for name in sys.modules if name.startswith('crosspost.')]"
    assert "crosspost" in loaded_by(code)


def test_a_name_is_loaded_on_first_use() -> None:
    code = "import crosspost\nassert crosspost.Post.__name__ == 'Post'\nassert 'crosspost.models' in sys.modules"
    assert loaded_by(code).isdisjoint(HEAVY)


def test_reading_and_writing_load_no_language_detection() -> None:
    assert loaded_by("import crosspost\ncrosspost.read, crosspost.write").isdisjoint(HEAVY)


def test_every_public_name_can_be_loaded_and_is_listed() -> None:
    import crosspost

    assert set(crosspost.__all__) <= set(dir(crosspost))
    assert all(getattr(crosspost, name) is not None for name in crosspost.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import crosspost

    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = crosspost.nonsense
