"""The rulebook: what the settings of a study hold each question against, written or brought.

A `Rulebook` knows the settings and the survey; its `rules()` take one question after the other and
remember what they have seen.
"""

from collections.abc import Iterable, Sequence

from acculturate.culturespa.culturespa_settings import QuestionSettings
from acculturate.culturespa.drafting import Known, draft_item, known_scales, verbatim_item
from acculturate.culturespa.filters import LEAK, DefaultRules, Steps
from acculturate.culturespa.leaks import LeakCheck
from acculturate.culturespa.meaning import Encoder
from acculturate.culturespa.published_filter import PublishedRules
from acculturate.culturespa.question_reader import Draft
from acculturate.records import Item, Wording
from acculturate.records.item import Scale as Level
from acculturate.records.yields import Drop, Yield

LEAKED = "kept questions ask what is measured"


class OpenRules:
    """All questions but exact copies of each other, and leaks where a check for them is given."""

    steps: Steps = (("not seen before", ("duplicate",)), ("no leak", (LEAK,)))

    def __init__(self, known: Known, leaks: LeakCheck | None = None) -> None:
        self._known, self._leaks = known, leaks
        self._seen: set[Wording] = set()

    def item(self, draft: Draft, topic: str, level: Level | None = None) -> Item | Drop:
        """Return the item that the draft makes, or why it is not used."""
        item = draft_item(draft, topic, self._known, level)
        if isinstance(item, str):  # what other rules would drop is used as it stands
            item = verbatim_item(draft, topic, self._known, level)
        return self.passed(item)

    def passed(self, item: Item) -> Item | Drop:
        """Return an item that is made already, or why it is not used."""
        wording = item.wording()
        if wording in self._seen:
            return Drop("duplicate", wording.stem, item.topic)
        leak = self._leaks.find(item) if self._leaks else None
        return Drop(LEAK, wording.stem, item.topic, leak.named) if leak else item

    def keep(self, item: Item) -> None:
        """Remember a question that is used."""
        self._seen.add(item.wording())

    def found(self) -> tuple[Yield, ...]:
        """Return nothing: nothing else is counted."""
        return ()


AnyRules = DefaultRules | PublishedRules | OpenRules


class Rulebook:
    """Makes the rules that the settings name, over the items of a survey.

    `avoid` are the items that a study measures on, which are held against questions as leaks.
    """

    def __init__(
        self, settings: QuestionSettings, survey: Iterable[Item], avoid: Sequence[Item] = ()
    ) -> None:
        self._settings = settings
        self._survey = tuple({item.id: item for item in (*survey, *avoid)}.values())
        self._check = LeakCheck(avoid, encoder_of(settings)) if avoid else None

    def rules(self, echoes: Iterable[str] = ()) -> AnyRules:
        """Return rules that have seen no question yet; `echoes` are texts of a prompt."""
        own = self._settings
        if own.rules == "none":
            return self.open_rules()
        if own.rules == "published":
            return PublishedRules(self._survey, self._removed)
        return DefaultRules(
            self._survey,
            own.similar,
            self._removed,
            echoes,
            frames=own.frames,
            off_topic=own.off_topic,
        )

    def open_rules(self) -> OpenRules:
        """Return rules that drop copies, and leaks by the settings, and nothing else."""
        return OpenRules(known_scales(self._survey), self._removed)

    def leaked(self, items: Sequence[Item]) -> tuple[Yield, ...]:
        """Return how many of the questions ask what is measured and were kept all the same."""
        if self._check is None or self._settings.leaks == "remove":
            return ()
        leaked = sum(self._check.find(item) is not None for item in items)
        note = "questions.leaks = keep: what is measured was partly trained on"
        return (Yield(LEAKED, leaked, len(items), note, found=True),)

    @property
    def _removed(self) -> LeakCheck | None:
        return self._check if self._settings.leaks == "remove" else None


def encoder_of(settings: QuestionSettings) -> Encoder | None:
    """Return the encoder that the settings name; None for words and letters."""
    from acculturate.culturespa.semantic import open_encoder

    return open_encoder(settings.encoder)
