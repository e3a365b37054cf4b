"""The notebook of a paper's table and figure: executed, kept with its outputs, shown on the site.

    python -m docs.notebook          run every cell anew and keep what it printed

The file is a notebook as Jupyter has it. Cells are run here one after the other in one name space,
without a kernel, because only texts and pictures are kept: what is printed, the last expression as
text, and a chart as SVG. So the test that runs them needs nothing but this package.
"""

import ast
import base64
import contextlib
import copy
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parent / "tutorials" / "paper.ipynb"
SVG = "image/svg+xml"
Notebook = dict[str, Any]


def read() -> Notebook:
    """Return the notebook as it is kept."""
    notebook: Notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    return notebook


def written(notebook: Notebook) -> str:
    """Return a notebook as the text of its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def executed(notebook: Notebook, folder: Path) -> Notebook:
    """Return the notebook with the outputs that its cells have now; they run in `folder`."""
    done, names = copy.deepcopy(notebook), dict[str, Any]()
    with contextlib.chdir(folder):
        for number, cell in enumerate(_code(done), 1):
            cell["execution_count"] = number
            cell["outputs"] = list(_outputs("".join(cell["source"]), names, number))
    return done


def _code(notebook: Notebook) -> Iterator[dict[str, Any]]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _outputs(source: str, names: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """Run a cell, and yield what it printed and what its last expression is."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    said, where = io.StringIO(), f"cell {number}"
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(tree, where, "exec"), names)
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), where, "eval"), names)
    if text := said.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": _lines(text)}
    if value is not None:
        yield {
            "data": {kind: _lines(text) for kind, text in _shown(value).items()},
            "execution_count": number,
            "metadata": {},
            "output_type": "execute_result",
        }


def _shown(value: Any) -> dict[str, str]:
    """Return a value as text, and as a picture where it is a chart."""
    drawn = value._repr_mimebundle_() if type(value).__module__.startswith("altair") else {}
    drawn = drawn[0] if isinstance(drawn, tuple) else drawn
    if SVG in drawn:
        return {SVG: str(drawn[SVG]), "text/plain": "a chart"}
    return {"text/plain": repr(value)}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def page() -> str:
    """Return the notebook as a page of the site."""
    return "\n\n".join(part for cell in read()["cells"] for part in _parts(cell)) + "\n"


def _parts(cell: Mapping[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        data = output.get("data", {})
        if SVG in data:
            # as a picture of its own: inside the page its styles would be the page's
            drawn = base64.b64encode("".join(data[SVG]).encode()).decode()
            yield f"![{cell['metadata']['alt']}](data:{SVG};base64,{drawn})"
        else:
            text = "".join(output.get("text") or data["text/plain"])
            yield f"```text\n{text.rstrip()}\n```"


def main() -> None:
    """Run every cell anew, and write the notebook with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        done = executed(read(), Path(folder))
    NOTEBOOK.write_text(written(done), "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("COLUMNS", "80")
    main()
