"""Who may import whom, and what loads nothing heavy."""

import ast
import graphlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs.tree import ROWS as TREE

import acculturate

SRC = Path(acculturate.__file__).parent

# A room imports only what stands above it; rooms in one row are neighbours and import none of each
# other. `survey` may import `culture`, so it has a row of its own.
ROWS = [
    ["bounded", "visible"],
    ["errors", "patterns"],
    ["files", "threads", "processes"],
    ["calling", "complaint", "extras", "short_table"],
    ["config", "plugins"],
    ["metrics"],
    ["statistics"],
    ["records"],
    ["template_sandbox"],
    ["amounts", "loose", "prompts", "similarity"],
    ["culture", "scales"],
    ["ordering"],
    ["sheets"],
    ["survey"],
    ["framing"],
    ["store"],
    ["engines"],
    ["executors"],
    ["runner"],
    ["progress"],
    ["asking"],
    ["tuning"],
    ["methods"],
    ["culturespa", "clca", "surveytuning", "evaluation", "report", "handover"],
    ["study"],
    ["export"],
    ["viewer"],
    ["result"],
    ["api"],
    ["cli"],
    ["__main__"],
]
RANK = {room: rank for rank, row in enumerate(ROWS) for room in row}
HEAVY = {
    "torch",
    "transformers",
    "peft",
    "trl",
    "datasets",
    "ray",
    "vllm",
    "llguidance",
    "openai",
    "altair",
    "pandas",
    "scipy",
    "pyarrow",
    "vl_convert",
    "sacrebleu",
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in SRC.rglob("*.py"):
        inside = path.relative_to(SRC)
        room = inside.parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, path


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module of a file, and whether the import stands at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(
        ast.walk(
            ast.Module(
                body=[n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)],
                type_ignores=[],
            )
        )
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node in top
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            if node.module == "acculturate":
                for alias in node.names:
                    yield f"acculturate.{alias.name}", node in top
            else:
                yield node.module or "", node in top


def test_every_room_has_a_row() -> None:
    assert {room for room, _ in modules()} == set(RANK)
    assert {name.removesuffix(".py") for name in TREE.split()} == set(RANK)


@pytest.mark.parametrize(
    ("room", "path"), list(modules()), ids=lambda x: str(getattr(x, "name", x))
)
def test_imports_go_straight_down(room: str, path: Path) -> None:
    for name, _ in imports(path):
        if name.startswith("acculturate."):
            other = name.split(".")[1]
            assert other == room or RANK[other] < RANK[room], f"{path} imports {name}"


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the package; a folder's `__init__` has the folder's."""
    parts = path.relative_to(SRC.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(node: ast.AST) -> Iterator[str]:
    """Yield what is imported below a node, at any depth, also for type checkers only.
    `from a import b` may be the module a.b or a name in a, and gives both.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        yield from imported(child)


def uses(path: Path, known: set[str]) -> set[str]:
    """Return the modules of the package that a file imports, where it runs or when it is called."""
    names = imported(ast.parse(path.read_text(encoding="utf-8")))
    result = {name if name in known else name.rpartition(".")[0] for name in names}
    return (result & known) - {module_name(path)}


def test_no_module_imports_itself_by_way_of_others() -> None:
    paths = {module_name(path): path for path in SRC.rglob("*.py")}
    graph = {name: uses(path, set(paths)) for name, path in paths.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def folder_of(name: str, paths: dict[str, Path]) -> str:
    """Return the folder of a module that lies in a folder of a room, else its own name."""
    deep = name.count(".") > 2 and paths[name].name != "__init__.py"
    return name.rpartition(".")[0] if deep else name


def test_no_folder_of_a_room_imports_itself_by_way_of_others() -> None:
    paths = {module_name(path): path for path in SRC.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, path in paths.items():
        own = folder_of(name, paths)
        used = {folder_of(other, paths) for other in uses(path, set(paths))}
        graph.setdefault(own, set()).update(used - {own})
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of folders: {' <- '.join(error.args[1])}")


def test_no_room_above_the_engines_asks_which_engine_it_is() -> None:
    """What an engine is, its record says (engines/kind.py)."""
    asking = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for room, path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if room != "engines" and isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Attribute) and side.attr == "engine"
    ]
    assert not asking


METHOD_ROOMS = {"culturespa", "clca", "surveytuning"}


def test_no_other_room_imports_a_method() -> None:
    """Methods are found by name (plugins.py); `cli/NAME.py` holds commands of one method alone."""
    importing = [
        f"{path.relative_to(SRC)} imports {name}"
        for room, path in modules()
        if room not in METHOD_ROOMS
        for name, _ in imports(path)
        if (method := name.removeprefix("acculturate.").partition(".")[0]) in METHOD_ROOMS
        and path != SRC / "cli" / f"{method}.py"
    ]
    assert not importing


def test_no_template_of_another_room_asks_which_method_it_is() -> None:
    asks = re.compile(r"""method\s*(==|!=|in\b)|["'](culturespa|clca)["']""")
    asking = [
        str(path.relative_to(SRC))
        for path in SRC.rglob("*.jinja")
        if path.relative_to(SRC).parts[0] not in METHOD_ROOMS
        and asks.search(path.read_text(encoding="utf-8"))
    ]
    assert not asking


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_import_loads_nothing_heavy() -> None:
    assert not loaded_by("import acculturate") & (HEAVY | {"numpy", "pydantic", "rich", "jinja2"})


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import acculturate.cli.main as m\n"
        "sys.argv = ['acculturate', '--help']\n"
        "try:\n    m.main()\nexcept SystemExit as e:\n    assert not e.code"
    )
    assert not loaded_by(code) & (HEAVY | {"numpy", "pydantic", "jinja2"})


def test_measuring_with_the_mock_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import acculturate\n"
        "acculturate.measure('mock:first', cultures=['CHN'], items=['Q1', 'Q152'], "
        f"out={str(tmp_path)!r})"
    )
    assert not loaded_by(code) & {"torch", "transformers", "peft", "trl", "openai", "ray"}


def test_public_names_are_pinned() -> None:
    for name in acculturate.__all__:
        assert getattr(acculturate, name) is not None
    assert acculturate.__all__ == [
        "AcculturateError",
        "AnswerSettings",
        "Comparison",
        "MockEngine",
        "Result",
        "Study",
        "adapt",
        "compare",
        "load_run",
        "load_study",
        "load_survey",
        "measure",
        "open_engine",
        "run",
        "score",
        "tune",
    ]
    assert {*acculturate.__all__} <= {*dir(acculturate)}


CONVENTIONAL = {"__init__.py", "adaptation.py", "estimate.py", "engine.py"}
"""A method's adaptation and estimate and an engine's engine, as docs/extending.md names them."""


def test_no_file_name_stands_twice() -> None:
    counts = Counter(path.name for path in SRC.rglob("*.py"))
    assert not {name for name, n in counts.items() if n > 1} - CONVENTIONAL


def test_modules_stay_one_noun_long() -> None:
    long = {
        str(p.relative_to(SRC)): n
        for _, p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_variables_are_nouns_of_what_they_hold() -> None:
    """`each` says nothing of what it is."""
    folders = (SRC, *(Path(__file__).parents[1] / name for name in ("tests", "benchmarks", "docs")))
    nameless = [
        f"{path}:{node.lineno}"
        for folder in folders
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id == "each")
        or (isinstance(node, ast.arg) and node.arg == "each")
    ]
    assert not nameless


def test_what_a_template_walks_is_a_noun() -> None:
    """Prompts are left as they are: their digests stand in the records of runs."""
    pages = [path for path in SRC.rglob("*.jinja") if "prompts" not in path.parts]
    nameless = re.compile(r"\{%-? *(?:for|set|macro) [^%]*\b(?:each|found)\b *(?:,|=|\bin\b|\))")
    assert pages
    assert not [path for path in pages if nameless.search(path.read_text(encoding="utf-8"))]


def test_what_a_function_holds_is_not_called_found_or_said() -> None:
    """Fields of records may be: they are keys of files, or what a template reads."""
    nameless = [
        f"{path}:{node.lineno}"
        for _, path in modules()
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Store)
        and node.id in ("found", "said")
    ]
    assert not nameless
