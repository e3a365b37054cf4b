"""A counter reads prompts and weighs work for the models that references name.

It asks of a model only what its files say without being loaded: its tokenizer and its size. A model
that is not on this machine has neither; a note says so, once.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from acculturate.engines import ModelSpec, kind_of
from acculturate.engines.hf.anatomy import Anatomy, find_anatomy, find_tokenizer, prompt_tokens
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.errors import EngineError
from acculturate.methods.workload import Letters, Reader, Sizes, Tokens, Work, sizes
from acculturate.records import Request
from acculturate.study.costs.cost import Cost, local_cost, server_cost
from acculturate.study.costs.machine import Machine

LEFT_OUT = "Until then its minutes and memory are left out, and its tokens counted by letters."


class Counter:
    """Reads for models, by their references, as far as they are on this machine.

    `spec` gives the model that a reference names.
    """

    def __init__(self, spec: Callable[[str], ModelSpec], machine: Machine | None = None) -> None:
        self.spec, self._given = spec, machine
        self.notes: dict[str, None] = {}
        self.machines: dict[str, Machine] = {}
        self._sizes: dict[tuple[ModelSpec, str], Sizes] = {}

    def reader(self, ref: str) -> Reader:
        """Its tokenizer; without one letters are counted."""
        return self._reader(_base(self.spec(ref)))

    def sizes(
        self, ref: str, asked: str, batches: Callable[[], Iterable[Sequence[Request]]]
    ) -> Sizes:
        """Tokens per prompt of what is named `asked`, read once for all adapters of a base."""
        key = _base(self.spec(ref)), asked
        if key not in self._sizes:
            self._sizes[key] = sizes(batches(), self.reader(ref))
        return self._sizes[key]

    def anatomy(self, ref: str) -> Anatomy | None:
        """Its size, where that is known."""
        return self._anatomy(_base(self.spec(ref)))

    @functools.cache  # noqa: B019  (lives as long as one estimate)
    def _reader(self, spec: ModelSpec) -> Reader:
        if not kind_of(spec).files:
            return Letters()
        try:
            return Tokens(functools.partial(prompt_tokens, find_tokenizer(spec)))
        except EngineError as problem:
            self.say(f"{problem} {LEFT_OUT}")
            return Letters()

    @functools.cache  # noqa: B019
    def _anatomy(self, spec: ModelSpec) -> Anatomy | None:
        if not kind_of(spec).files:
            return None
        try:
            return find_anatomy(spec)
        except EngineError as problem:
            self.say(f"{problem} {LEFT_OUT}")
            return None

    def as_computed(self, work: Work) -> Work:
        """The work as its model does it: of some none shares what prompts begin with."""
        anatomy = self.anatomy(work.ref)
        return work if anatomy is None or anatomy.shares else work.apart()

    def cost(self, work: Work) -> Cost:
        """What work costs, as far as that can be known."""
        spec, anatomy = self.spec(work.ref), self.anatomy(work.ref)
        if kind_of(spec).remote:
            return server_cost(work, spec.told(ServerSettings))
        return local_cost(work, anatomy, self.machine(spec)) if anatomy else Cost()

    def machine(self, spec: ModelSpec) -> Machine:
        """The machine for models of a precision, probed once for each."""
        if spec.dtype not in self.machines:
            self.machines[spec.dtype] = self._given or Machine.probe(spec.dtype)
        return self.machines[spec.dtype]

    def say(self, note: str) -> None:
        """Keep a sentence for the end, once."""
        self.notes.setdefault(note)


def _base(spec: ModelSpec) -> ModelSpec:
    """Adapters of one base are read and weighed alike, and but once."""
    return replace(spec, adapter=None)
