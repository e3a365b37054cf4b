"""Forms in which people judge what a method made."""

from collections.abc import Container, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from acculturate.errors import StoreError
from acculturate.methods.judged import Subject
from acculturate.study.people_verdicts import PersonVerdict, keep_verdict
from acculturate.viewer.asked_run import back_to, run_of
from acculturate.viewer.paging import whole
from acculturate.viewer.templating import query


def told_verdict(
    fields: Mapping[str, str], adaptation: str, name: str, aspects: tuple[str, ...]
) -> PersonVerdict:
    """Return the verdict of a form."""
    words = {"good": True, "bad": False}
    verdicts = {aspect: words[fields[aspect]] for aspect in aspects if fields.get(aspect) in words}
    comment = fields.get("comment", "").replace("\r\n", "\n").strip()
    return PersonVerdict(adaptation, name, verdicts, comment)


def judged_in_list(
    request: Request,
    fields: Mapping[str, str],
    subject: Subject,
    made: Container[tuple[str, str]],
    back: tuple[str, Sequence[str]],
) -> Response:
    """Keep a verdict on a text that is judged where it stands in its list, and return the way back
    there; raises `StoreError` for a text that is not in the run.

    `made` are the adaptations and ids of the run's texts of this kind, `back` is the page with its
    filters.
    """
    run = run_of(request)
    adapt, name = fields.get("adapt", ""), fields.get("id", "")
    if (adapt, name) not in made:
        raise StoreError(f"There is no such {subject.name} in this run.")
    person = fields.get("person", "").strip()
    verdict = told_verdict(fields, adapt, name, tuple(subject.aspects))
    keep_verdict(run.folder, subject, person, verdict)
    there = query({key: fields.get(f"back_{key}", "") for key in (*back[1], "page")})
    place = f"{subject.name}-{whole(fields, 'place')}"
    return back_to(f"/run/{run.number}/{back[0]}{there}#{place}", person)
