"""The run folder: what a study leaves behind, and what lets it go on after a kill.

    run.db            SQLite: every prompt and raw reply, and where they came from
    study.toml        the study as resolved
    environment.json  versions and machine
    adapters/         one folder per adaptation
    metrics.json      every number
    report.html       the page

Replies are kept raw under a key made of the model's identity and the request's digest, so nothing
is asked twice and a better parser asks nothing again. A batch is committed as a whole: after a
kill, a batch is there or it is not. Whole files appear by rename. One process writes; a second one
is refused with a sentence.

SQLite (in the standard library) rather than a folder of files: a commit is atomic, and a million
replies are one file.
"""

from acculturate.store.done_part import DONE, DonePart
from acculturate.store.kept import Beside, Kept
from acculturate.store.reading import Asked, Reading, Wanted
from acculturate.store.run_store import Store

__all__ = ["DONE", "Asked", "Beside", "DonePart", "Kept", "Reading", "Store", "Wanted"]
