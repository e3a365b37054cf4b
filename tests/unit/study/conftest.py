"""Studies are carried out whole, their reports with tables alone."""

import pytest

from acculturate.report import figures


@pytest.fixture(autouse=True)
def _no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without the extra `report`: charts take seconds, and tests/unit/report has them."""
    monkeypatch.setattr(figures, "no_charts", lambda: "Charts are left out")
