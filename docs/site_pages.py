"""What the build of the site (mkdocs.yml) does beside the pages in this folder.

Pages made from the code are added, links to files of the repository become plain text, and the
built pages are checked: none loads anything from elsewhere, so the site works without a network.
"""

import inspect
import re
import textwrap
from pathlib import Path
from typing import Any

from docs import notebook
from docs.command_reference import commands_page
from docs.study_reference import study_page
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

import acculturate

MADE = {
    "reference/study-file.md": study_page,
    "reference/commands.md": commands_page,
    "tutorials/paper.md": notebook.page,
}
OUTSIDE = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|<link\b(?![^>]*rel=[\"']?(?:canonical|next|prev))[^>]*\bhref=[\"']?(?:https?:)?//[^\"'\s>]+"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//[^\"')]+"
)


def on_files(files: Files, config: Any) -> Files:
    """Return the files of the site with the pages that are made from the code."""
    for path, made in MADE.items():
        files.append(File.generated(config, path, content=made()))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page with links to files outside this folder as plain text, with links that are
    named for a file named for its page, and with the keywords of functions that take a call.
    """
    markdown = re.sub(r"<!-- signature: (\w+) -->", _signature, markdown)
    outside = r"\[([^]\n]+)\]\((?:\.\./)+(?:studies|src|tests|benchmarks)/[^)]*\)"
    return re.sub(r"\[(?:docs/)?([\w-]+)\.md\]\(", _titled, re.sub(outside, r"\1", markdown))


def _signature(mark: re.Match[str]) -> str:
    """Return a block of code with a function's arguments and their defaults."""
    empty = inspect.Parameter.empty
    taken = inspect.signature(getattr(acculturate, mark[1]))
    shown = [parameter.replace(annotation=empty) for parameter in taken.parameters.values()]
    plain = taken.replace(parameters=shown, return_annotation=empty)
    lines = textwrap.wrap(f"{mark[1]}{plain}", 88, subsequent_indent=" " * (len(mark[1]) + 1))
    return "\n".join(["```python", *lines, "```"])


def _titled(link: re.Match[str]) -> str:
    """Return the beginning of a link with the heading of its page, up to a colon, as the text."""
    page = Path(__file__).parent / f"{link[1]}.md"
    heading = page.read_text("utf-8").partition("\n")[0] if page.exists() else f"# {link[1]}"
    return f"[{heading.removeprefix('# ').partition(':')[0]}]("


def on_post_build(config: Any) -> None:
    """Raise where a built page loads something from another address."""
    for page in sorted(Path(config["site_dir"]).rglob("*.html")):
        if loaded := OUTSIDE.search(page.read_text("utf-8")):
            raise PluginError(f"{page} loads something from elsewhere: {loaded[0]}")
