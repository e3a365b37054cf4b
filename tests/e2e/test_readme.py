"""The README is short, its commands and links exist, and CONTRIBUTING names every room.

`test_pages` runs its code.
"""

import re
import tomllib
from pathlib import Path

import acculturate

ROOT = Path(acculturate.__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_is_short() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 5


def test_it_is_short() -> None:
    assert len(README.encode()) <= 9_000


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_commands_named_are_commands() -> None:
    from acculturate.cli.main import app

    known = {
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback
    } | {group.name for group in app.registered_groups}
    named = set(re.findall(r"^acculturate (\w+)", README, re.MULTILINE))
    assert named
    assert named <= known
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_workflows_run_targets_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob(".github/workflows/*.yml")]
    targets = {name for text in texts for words in re.findall(r"run: make (.+)", text)
               for name in words.split()}  # fmt: skip
    assert {"lint", "types", "test", "docs", "dist"} <= targets
    for target in targets:
        assert f"\n{target}:" in makefile


def test_extras_are_explained_and_those_told_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].keys() - {"dev", "docs", "release", "bench"}
    page = (ROOT / "docs/start/install.md").read_text(encoding="utf-8")
    table = page.partition("## Installation without make")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([\w-]+)`", table)) >= extras
    pages = [path for end in ("py", "toml", "jinja") for path in ROOT.glob(f"src/**/*.{end}")]
    told = [
        name.strip()
        for path in [*pages, *ROOT.glob("docs/**/*.md"), ROOT / "README.md"]
        for match in re.findall(r"acculturate\[([a-z,-]+)\]", path.read_text(encoding="utf-8"))
        for name in match.split(",")
    ]
    assert set(told) - {"wings"} <= extras  # the example of `extras.lacking`
    everything = project["optional-dependencies"]["all"][0].partition("[")[2].rstrip("]")
    assert set(everything.split(",")) == extras - {"all", "vllm", "qlora"}


def test_contributing_names_every_room() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "acculturate"
    folders = [path.parent.name + "/" for path in source.rglob("__init__.py")]
    for name in [*folders, *(path.name for path in source.glob("[a-z]*.py"))]:
        if name != "acculturate/":
            assert re.search(rf"^ +{re.escape(name)} ", page, re.MULTILINE), name
