"""What README and docs tell a reader to type works, and the site has all pages.

`page_blocks` says how a page is read and which marks a block may have.
"""

import re
import shutil
from pathlib import Path

import pytest
from docs.command_reference import commands_page
from docs.study_reference import described_fields, study_page
from tests.e2e.page_blocks import PAGES, ROOT, blocks, follow, unknown

import acculturate
from acculturate.runner import Silent

FOLLOWED = sorted(
    name
    for name, page in PAGES.items()
    if any(
        block.when == "always" and (block.commands or block.language == "python")
        for block in blocks(page)
    )
)
SLOW = sorted(
    name for name, page in PAGES.items() if any(block.when == "slow" for block in blocks(page))
)
STAND_IN = """
[study]
name = "demo"
draws = 100
[survey]
items = [
  "Q1", "Q7", "Q18", "Q27", "Q33", "Q46", "Q49", "Q57", "Q94", "Q106", "Q131", "Q164", "Q199",
]
[cultures]
measure = ["CHN", "DEU"]
[models.base]
name = "mock:noise"
[models.other]
name = "mock:uniform"
[[arm]]
id = "aware"
[[arm]]
id = "adapted"
model = "other"
against = "aware"
"""
"""A study of seconds, whose run pages find as runs/demo."""


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand-in")
    (folder / "demo.toml").write_text(STAND_IN)
    acculturate.run(folder / "demo.toml", out=folder / "demo", progress=Silent())
    return folder / "demo"


@pytest.fixture(autouse=True)
def _studies() -> None:
    """Pages name studies as a checkout has them."""
    Path("studies").symlink_to(ROOT / "studies")


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_page_works(name: str, stand_in: Path) -> None:
    if "runs/demo" in PAGES[name].read_text("utf-8"):
        shutil.copytree(stand_in, "runs/demo")
    follow(PAGES[name], slow=False)


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("name", SLOW)
def test_a_page_works_with_its_slow_blocks(name: str) -> None:
    follow(PAGES[name], slow=True)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_commands_and_options_of_a_page_exist(name: str) -> None:
    for block in blocks(PAGES[name]):
        for command in block.commands:
            typed = re.search(r"\bacculturate (?![\w/]*&&)(?!\[).*", command)
            if typed and "git clone" not in command and "ray start" not in command:
                wrong = unknown(typed[0].partition(" #")[0])
                assert not wrong, f"{name}, line {block.line}: there is no '{wrong}' in {command}"


def test_every_page_is_in_the_site() -> None:
    told = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    in_nav = set(re.findall(r"([\w/-]+\.md)$", told, re.MULTILINE))
    made = {"reference/study-file.md", "reference/commands.md", "tutorials/paper.md"}
    pages = {name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")}
    decisions = {name for name in pages if name.startswith("decisions/0")}
    assert pages - decisions == in_nav - made


def test_the_study_reference_has_every_key_with_what_it_says() -> None:
    page = study_page()
    for key, field in described_fields():
        assert field.description, f"{key} has no description"
        assert f"`{field.alias or key.rpartition('.')[2]}`" in page, key
    for section in ("[study]", "[survey.split]", "[models.NAME.server]", "[adapt.clca.judging]"):
        assert f"## {section}\n" in page
    row = "| `draws` | whole number, at least 100 | `10_000` |"
    assert row in page
    assert "||" not in page.replace("\\|", "")


def test_the_command_reference_has_every_option() -> None:
    page = commands_page()
    assert "## acculturate culturespa filter\n" in page
    assert "| `--tolerance` number | `0.01` | How far the sum of a row's probabilities" in page
