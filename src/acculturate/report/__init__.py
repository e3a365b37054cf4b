"""The report of a run: one HTML page that opens offline and says how to run it again."""

from acculturate.report.figures import no_charts
from acculturate.report.page import render, write_report

__all__ = ["no_charts", "render", "write_report"]
