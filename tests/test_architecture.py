"""Who may import whom, and what loads nothing heavy."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import acculturate

SRC = Path(acculturate.__file__).parent

# A room imports only what stands above it; rooms in one row are neighbours and import none of each
# other. `survey` may import `culture`, so it has a row of its own.
ROWS = [
    ["errors"],
    ["complaint"],
    ["config", "plugins"],
    ["metrics", "statistics"],
    ["records"],
    ["amounts", "loose", "prompts", "similarity"],
    ["culture", "scales"],
    ["ordering"],
    ["survey"],
    ["framing"],
    ["store"],
    ["engines"],
    ["executors"],
    ["runner"],
    ["asking"],
    ["tuning"],
    ["methods"],
    ["culturespa", "clca", "evaluation", "report"],
    ["study"],
    ["cli"],
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


@pytest.mark.parametrize(
    ("room", "path"), list(modules()), ids=lambda x: str(getattr(x, "name", x))
)
def test_imports_go_straight_down(room: str, path: Path) -> None:
    for name, _ in imports(path):
        if name.startswith("acculturate."):
            other = name.split(".")[1]
            assert other == room or RANK[other] < RANK[room], f"{path} imports {name}"


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
        "compare",
        "load_survey",
        "measure",
        "open_engine",
        "run",
        "score",
    ]


def test_modules_stay_one_noun_long() -> None:
    long = {
        str(p.relative_to(SRC)): n
        for _, p in modules()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long
