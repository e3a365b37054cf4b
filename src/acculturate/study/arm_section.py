"""`[[arm]]`: one thing that is measured, and how it is asked otherwise than the others."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    SerializerFunctionWrapHandler,
    create_model,
    model_serializer,
)

from acculturate.asking import AnswerSettings, AskKind
from acculturate.config import Settings
from acculturate.patterns import NAME


class Section(Settings):
    """A table of a study file."""


OF_ARMS = {"kind", "languages"}
"""Keys of `[answers]` that an arm has as its own."""
OF_ALL = {"seed", "name_survey", "prompts", "backdrop"}
"""Those that no arm may change."""


def _optional(settings: type[BaseModel], left_out: set[str]) -> dict[str, Any]:
    """Return the keys of a section as fields that need not be given."""
    return {
        name: (field.rebuild_annotation() | None, Field(None, description=field.description))
        for name, field in settings.model_fields.items()
        if name not in left_out
    }


ArmAnswers = create_model(
    "ArmAnswers",
    __base__=Section,
    __module__=__name__,
    **_optional(AnswerSettings, OF_ARMS | OF_ALL),
)
"""How one arm is asked: keys of `[answers]` that differ for it."""


class ArmSection(Section):
    """`[[arm]]`: what is measured: a model, or an adapted one (`@id`), under one framing."""

    id: Annotated[str, Field(pattern=NAME, description="its name in results")]
    model: Annotated[
        str, Field(description="a name of [models], or @ID for the adapter of an [[adapt]]")
    ] = "base"
    framing: Annotated[
        str, Field(description="how the prompt names the culture; unaware: not at all")
    ] = "aware"
    against: Annotated[str, Field(description="the arm that this one is compared with")] = ""
    part_of: Annotated[
        str, Field(description="set where an arm was spread: the arm that it is one of")
    ] = ""
    seed: Annotated[
        int | None, Field(description="set where it was spread over study.seeds: its seed")
    ] = None
    kind: Annotated[
        AskKind | None, Field(description="another kind of answer than answers.kind")
    ] = None
    languages: Annotated[
        tuple[str, ...],
        Field(description="others than answers.languages, such as culture: its own"),
    ] = ()
    answers: Annotated[
        ArmAnswers | None,
        Field(description="keys of [answers] that differ for this arm, such as labels"),
    ] = None

    @model_serializer(mode="wrap")
    def _without_unset(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out an empty table: a study without one keeps its digest."""
        told: dict[str, Any] = write(self)
        return {key: value for key, value in told.items() if key != "answers" or value}

    @property
    def own_answers(self) -> dict[str, Any]:
        """Return the keys of `[answers]` that are this arm's own."""
        given = self.answers.model_dump() if self.answers else {}
        return {"kind": self.kind, "languages": self.languages or None, **given}
