"""What docs/extending.md shows, done: parts of a package outside, found and used by a study."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.commands import Done, acculturate
from tests.unit.test_extending_parts import applied, said

from acculturate.records import Generation
from acculturate.store import Store

PAGE = Path(__file__).parents[2] / "docs" / "extending.md"
FILES = {"A method": 3, "A method that asks a model": 3, "An engine": 2}
STUDY = """
[study]
name = "told"
draws = 100
[survey]
items = ["Q1", "Q2", "Q46"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = "MODEL"
dtype = "float32"
[[arm]]
id = "aware"
[[arm]]
id = "after"
model = "@told"
against = "aware"
"""
ASKED = """
[[arm]]
id = "asked"
model = "@woken"
"""


def blocks(kind: str) -> list[str]:
    """The blocks of code of a kind of a package outside, in their order."""
    outside = PAGE.read_text(encoding="utf-8").partition("## A report section")[0]
    return re.findall(rf"```{kind}\n(.*?)```", outside, re.S)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with the page's package, as an installation leaves it."""
    folder = tmp_path / "site"
    info = folder / "my_package-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 0.1\n")
    declared = []
    for title in FILES:
        number, changes = said(title)
        for change in changes:
            applied(change, folder)
        # as many files as the page says, and no others
        assert number == len({change.path for change in changes}) == FILES[title]
        text = (folder / "pyproject.toml").read_text()
        declared.append(
            text.replace('[project.entry-points."', "[").replace('"]', "]").replace('"', "")
        )
    (info / "entry_points.txt").write_text("\n".join(declared))
    assert {str(path.relative_to(folder)) for path in folder.glob("*/*.py")} == {
        "my_package/adaptation.py", "my_package/engine.py", "my_package/sentence_settings.py",
        "asking_package/adaptation.py", "asking_package/morning_settings.py",
    }  # fmt: skip
    for package in ("my_package", "asking_package"):
        (folder / package / "__init__.py").write_text("")
    return folder


def with_path(outside: Path | None) -> dict[str, str]:
    """The environment in which the package outside is installed."""
    own = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join(filter(None, [str(outside) if outside else "", own]))
    return {**os.environ, "PYTHONPATH": path}


CARRIED_OUT = """
import sys, acculturate
from acculturate.cli.main import main
study, out = sys.argv[1:]
sys.argv = ["acculturate", "run", study, "--dry-run"]
try:
    main()
except SystemExit as ended:
    assert not ended.code
first = acculturate.run(study, out=out)
again = acculturate.run(study, out=out)
assert first.scores == again.scores
compared = acculturate.compare(out, "after", "aware")
print(*(f"{row.arm} - {row.against}" for row in compared.rows), sep="\\n")
"""
ADDED = """
import sys, acculturate
from pathlib import Path
from starlette.testclient import TestClient
from acculturate.methods.adaptation import find_subjects
from acculturate.study.new_study import NewStudy, study_text
from acculturate.study.people_verdicts import every_verdict
from acculturate.viewer.guard import Tokens
from acculturate.viewer.run_shelf import find_runs
from acculturate.viewer.site import site
run = Path(sys.argv[1])
tokens, place = Tokens(), "http://127.0.0.1:8765"
with TestClient(site(find_runs([run]), tokens, 8765), base_url=place) as browser:
    browser.get("/", params={"token": tokens.address})
    page = browser.get("/run/0/texts/sentence")
    assert page.status_code == 200 and "I live in Germany." in page.text, page.text
    assert 'href="/run/0/texts/sentence" aria-current="page">Sentences' in page.text
    fields = {"token": tokens.form, "adapt": "told", "id": "s4", "person": "Ana", "true": "bad"}
    judged = browser.post(page.url.path, data=fields, headers={"origin": place})
    assert "Your verdict: true no" in judged.text, judged.text
    assert browser.get("/run/0/texts/storie").status_code == 409
print(*(run / "verdicts/sentences/Ana.csv").read_text().splitlines(), sep="\\n")
result = acculturate.load_run(run)
print(result.table("sentences"), result.table("human_verdicts"), sep="\\n")
report = (run / "report.html").read_text()
assert "Tables of methods" in report and "<td>I live in China.</td>" in report
print(study_text(NewStudy("mine", "embedded", ("DEU",), method="sentence"), "mine.toml"))
"""


def in_a_new_process(outside: Path, *words: str) -> Done:
    """Carry out a command with the package in sight: what studies may say is settled when they
    are first read.
    """
    command, env = [sys.executable, "-m", "acculturate.cli.main", *words], with_path(outside)
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


def written(tmp_path: Path, model: Path | str, method: str = "") -> Path:
    adapt = next(text for text in blocks("toml") if text.startswith("[[adapt]]"))
    path = tmp_path / "told.toml"
    changed = adapt.replace('"sentence"', f'"{method}"') if method else adapt
    path.write_text(STUDY.replace("MODEL", str(model)) + changed)
    return path


def taught_what_it_said(run: Path) -> None:
    """Check that the rows of the method that asks are the model's own replies."""
    rows = [json.loads(line) for line in (run / "woken.rows.jsonl").read_text().splitlines()]
    with Store(run) as store:
        replies = {
            messages[0][1]: reply.text.strip()
            for messages, reply in store.exchanges("woken: mornings")
            if isinstance(reply, Generation)
        }
    assert {asked.split()[4] for asked in replies} == {"China", "Germany"}
    assert sorted(row["completion"] for row in rows) == sorted(replies.values())


def test_a_method_of_another_package_is_carried_out(
    outside: Path, tiny_model: Path, tmp_path: Path
) -> None:
    for change in said("What a method adds")[1]:
        applied(change, outside)
    study, run = written(tmp_path, tiny_model), tmp_path / "run"
    asked = next(text for text in blocks("toml") if "woken" in text)
    study.write_text(study.read_text() + asked + ASKED)
    command = [sys.executable, "-c", CARRIED_OUT, str(study), str(run)]
    env = with_path(outside)
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert "told: tuning: 6 rows" in done.stdout
    assert "woken: mornings: 2 prompts" in done.stdout
    assert "after - aware" in done.stdout
    meta = json.loads((run / "metrics.json").read_text())["meta"]
    trained = {tuned["adapt"]: tuned["rows"] for tuned in meta["tuning"]}
    assert trained == {"told": 6, "woken": 2}
    taught_what_it_said(run)
    rows = [json.loads(line) for line in (run / "told.rows.jsonl").read_text().splitlines()]
    assert {row["completion"] for row in rows} == {"I live in China.", "I live in Germany."}
    command = [sys.executable, "-c", ADDED, str(run)]
    added = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert added.returncode == 0, added.stderr
    assert '"told","s4","bad",""' in added.stdout
    assert "I live in Germany." in added.stdout
    assert "[profiles.smoke.adapt.sentence]\ncopies = 1" in added.stdout


def test_a_method_that_is_not_installed_is_told(tiny_model: Path, tmp_path: Path) -> None:
    done = acculturate("run", str(written(tmp_path, tiny_model)))
    assert done.returncode == 2
    assert "there is no method 'sentence'" in done.stderr.lower()
    assert "culturespa, clca" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_that_does_not_load_breaks_only_its_own_studies(
    outside: Path, tiny_model: Path, tmp_path: Path
) -> None:
    (outside / "my_package" / "adaptation.py").write_text("import a_package_that_is_not_there\n")
    done = in_a_new_process(outside, "run", str(written(tmp_path, tiny_model)))
    assert done.returncode == 2
    assert "'sentence' cannot be loaded" in done.stderr
    assert "a_package_that_is_not_there" in done.stderr
    other = in_a_new_process(
        outside, "run", str(written(tmp_path, tiny_model, "clca")), "--dry-run"
    )
    assert "no key" in other.stderr  # read by clca, which has no [adapt.sentence]


def test_an_engine_of_another_package_is_asked(outside: Path, tmp_path: Path) -> None:
    [typed] = [text for text in blocks("bash") if "measure last:" in text]
    words = [*typed.split()[1:], "--set", 'survey.items=["Q1", "Q2"]', "--out", str(tmp_path)]
    done = in_a_new_process(outside, *words, "--json")
    assert done.returncode == 0, done.stderr
    [model] = json.loads((tmp_path / "metrics.json").read_text())["meta"]["models"]
    assert (model["model"], model["weights"]) == ("last:option", "0.9")
    wrong = [word.replace("last.share", "last.shre") for word in words]
    assert "no key 'models.base.last.shre'" in in_a_new_process(outside, *wrong).stderr
    tried = in_a_new_process(outside, "doctor", "--model", "last")
    assert "weighed by a share that is set" in tried.stdout


def test_an_engine_that_is_not_installed_is_told() -> None:
    missing = acculturate("measure", "last:option", "--cultures", "CHN")
    assert missing.returncode == 2
    assert "There is no engine 'last'" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_an_engine_that_does_not_load_breaks_only_its_own_models(
    outside: Path, tmp_path: Path
) -> None:
    (outside / "my_package" / "engine.py").write_text("LAST = 'last'\n")
    words = ["--cultures", "CHN", "--set", 'survey.items=["Q1"]', "--out", str(tmp_path)]
    done = in_a_new_process(outside, "measure", "last:option", *words)
    assert done.returncode == 2
    assert "The engine 'last' is no acculturate.engines.EngineKind" in done.stderr
    assert in_a_new_process(outside, "measure", "mock:noise", *words).returncode == 0


def test_an_error_in_the_code_of_another_package_names_the_package(
    outside: Path, tmp_path: Path
) -> None:
    engine = outside / "my_package" / "engine.py"
    wrong = "self.share = [][len(spec.name)]"
    engine.write_text(re.sub(r"self\.share = spec.*", wrong, engine.read_text()))
    words = ["--cultures", "CHN", "--set", 'survey.items=["Q1"]', "--out", str(tmp_path / "run")]
    command = [sys.executable, "-m", "acculturate.cli.main", "measure", "last:option", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, env=with_path(outside), cwd=tmp_path, check=False
    )
    assert done.returncode == 70, done.stderr
    assert "the code of the package 'my-package'" in done.stderr
    assert "to the authors of that package" in done.stderr
    assert "bug report" not in done.stderr
    [report] = tmp_path.glob("acculturate-error-*.txt")
    assert "engine.py" in report.read_text()


def test_a_package_that_is_installed_changes_no_study(outside: Path) -> None:
    said = (
        "from acculturate.study.schema import ModelSection\n"
        "print(ModelSection(name='mock:noise').model_dump_json())"
    )
    dumps = [
        subprocess.run(
            [sys.executable, "-c", said],
            capture_output=True, text=True, check=True, env=with_path(site),
        ).stdout
        for site in (None, outside)
    ]  # fmt: skip
    assert dumps[0] == dumps[1]
    assert '"server":null' in dumps[0]


def test_a_wrong_key_of_a_method_names_the_nearest(outside: Path, tmp_path: Path) -> None:
    path = written(tmp_path, "embedded")
    path.write_text(path.read_text().replace("copies", "copise"))
    done = in_a_new_process(outside, "run", str(path), "--dry-run")
    assert "no key 'adapt.told.sentence.copise'. Did you mean 'copies'?" in done.stderr
