"""Arms of one model and framing that are asked in different ways: what the way of asking does."""

from acculturate.study.schema import Study


def asked_otherwise(study: Study) -> list[tuple[str, ...]]:
    """Return groups of arms that differ in how they are asked alone: those of one model, framing
    and kind of answer, where there are several.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for arm in study.arm:
        settings = study.settings(arm)
        key = (arm.model, arm.framing, settings.kind, *settings.languages)
        groups.setdefault(key, []).append(arm.id)
    return [tuple(names) for names in groups.values() if len(names) > 1]
