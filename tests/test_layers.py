"""The rooms of the package and the order in which they may know of each other (no import is run here, all are read)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import crosspost

PACKAGE = Path(crosspost.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 450
# Bottom-up: a room imports from its own floor and from those below.
FLOORS = (
    ("errors", "text", "data", "database", "http", "media"),
    ("models",),
    ("language", "figures", "places"),
    ("translate",),
    ("rarity", "kin", "align", "weights", "recognition"),
    ("compare", "candidates", "cluster", "conflicts"),
    ("conclude", "surroundings", "shelf", "engine", "checker"),
    ("sources", "report", "explain", "archive", "fetch"),
    ("cli", "pytest_plugin", "__main__"),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def module_of(file: Path) -> str:
    parts = ["crosspost", *file.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def room_of(module: str) -> str:
    """Return the part of a module's name after `crosspost`; "" for the package itself."""
    return [*module.split("."), ""][1]


def imported(nodes: Iterable[ast.AST], module: str) -> Iterator[tuple[int, str]]:
    """Yield (line, module of the package) for the imports among `nodes`, names of submodules told from other names."""
    base = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "crosspost":
                    yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                source = ".".join([*base[: len(base) - node.level + 1], *filter(None, [source])])
            if source.split(".")[0] == "crosspost":
                for name in node.names:
                    submodule = f"{source}.{name.name}"
                    yield node.lineno, submodule if submodule in MODULES else source


def all_imports(module: str) -> list[tuple[int, str]]:
    """Return every import of a module, also those inside functions and under TYPE_CHECKING."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return [*imported(ast.walk(tree), module)]


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from outside_functions(node)


def imports_on_loading(module: str) -> list[tuple[int, str]]:
    """Return the imports of a module that are no deferred ones, those under TYPE_CHECKING among them."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return [*imported(outside_functions(tree), module)]


@pytest.mark.parametrize("module", [module for module in MODULES if module != "crosspost"])
def test_a_room_stands_in_the_order_of_the_rooms(module: str) -> None:
    assert room_of(module) in FLOOR_OF, f"add {room_of(module)!r} to FLOORS, at the floor where it belongs"


@pytest.mark.parametrize("module", [module for module in MODULES if module != "crosspost"])
def test_a_room_imports_from_its_own_floor_and_those_below(module: str) -> None:
    too_high = [
        f"{MODULES[module].relative_to(PACKAGE)}:{line} imports {target}"
        for line, target in all_imports(module)
        if target != "crosspost" and FLOOR_OF[room_of(target)] > FLOOR_OF[room_of(module)]
    ]
    assert too_high == []


def test_every_import_of_the_package_leads_to_a_module_that_exists() -> None:
    missing = [target for module in MODULES for _, target in all_imports(module) if target not in MODULES]
    assert missing == []


def test_no_file_imports_one_that_imports_it_while_loading() -> None:
    graph = {
        module: {target for _, target in imports_on_loading(module)} - {"crosspost", module}
        for module in MODULES
        if module != "crosspost"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_file_is_a_drawer_for_odds_and_ends(file: Path) -> None:
    names = {part.removesuffix(".py").strip("_") for part in file.relative_to(PACKAGE).parts}
    drawers = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
    assert not names & drawers


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_file_can_be_read_in_one_sitting(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_importing_the_package_runs_none_of_its_rooms() -> None:
    assert [target for _, target in imports_on_loading("crosspost") if target != "crosspost"] == [
        target for _, target in imported(ast.walk(_type_checking_block()), "crosspost")
    ]


def _type_checking_block() -> ast.AST:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    assert len(blocks) == 1
    return blocks[0]
