"""What may differ where a study is run again: here nothing, elsewhere the last digits."""

from collections.abc import Iterator

from acculturate.engines import EngineKind, kind_of, parse_model
from acculturate.study.schema import Study


def what_may_differ(study: Study) -> str:
    """Return what a new run of the study need not have in common with this one, in sentences."""
    kinds = [kind_of(parse_model(model.name)) for model in study.models.values()]
    return " ".join(_said(study, kinds))


def _said(study: Study, kinds: list[EngineKind]) -> Iterator[str]:
    if all(kind.texts in ("alone", "batch") for kind in kinds):
        yield (
            "On this machine, with these versions and as many threads, a new run gives the same "
            "records and figures, whether it is stopped on the way or not."
        )
    else:
        yield (
            "Texts of servers, and of engines that compute a text beside others, may be others in "
            "a new run, also on this machine."
        )
    if not any(kind.files for kind in kinds):
        return
    yield (
        "On another processor or GPU, or with other versions, log-probabilities differ by "
        "rounding: about 1e-6 in float32, more in bfloat16, so that scores differ in their last "
        "digits."
    )
    if study.adapt or study.answers.kind != "expected":
        made = ", and with them the rows and adapters that are made of them" if study.adapt else ""
        yield (
            f"Where two words are nearly as likely, drawn texts part there{made}: figures may then "
            "move by about a hundredth."
        )
