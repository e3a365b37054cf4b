"""A request's body as this server takes it.

Servers differ in small ways: what a length limit is called, whether a system message is taken,
whether thinking can be switched off, how a draw from all that the model would say is asked for.
`Manner` holds what the probe found; everything else is sent to all of them alike, and every
sampling parameter is sent, since what is left out is set by the server or by the model's makers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from acculturate.engines.chat import SWITCHES, merged
from acculturate.engines.server.constraint import bound_to
from acculturate.engines.server.spending import Json
from acculturate.records import GenerateRequest, Message

WHOLE: Json = {"top_k": 1_000_000, "min_p": 0.0, "repetition_penalty": 1.0}
"""Nothing is cut off and nothing held down: what top_p leaves is all there is. No part of OpenAI's
interface, but of most servers of one's own, whose defaults (and models' own) narrow the draw. Some
refuse a `top_k` of 0; none minds one that is larger than its vocabulary."""
WHOLE_LLAMA: Json = {**WHOLE, "repeat_penalty": 1.0}
"""The same with llama.cpp's name for the last; its server in Python holds repetition down."""
WHOLE_CONFIG: Json = {"top_k": 0, "repetition_penalty": 1.0}
"""The same in a generation config of transformers, which sorts the vocabulary for what is named."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server wants to be asked.

    `limit` is its name for the most tokens to write. `whole` says how `WHOLE` is asked for: by
    parameters of all servers' names, by `fewer` where llama.cpp's are refused, or as the text of a
    generation config, without which `transformers serve` takes the likeliest token whatever the
    temperature. `defaults`: temperature and top_p are also sent where they are 1.
    """

    whole: Literal["parameters", "fewer", "config", ""] = "parameters"
    switches: bool = True
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system: bool = True
    seed: bool = True
    defaults: bool = True

    def body(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int = 0,
        **more: Any,
    ) -> Json:
        """Return the body of a request, all but the model's name."""
        body: Json = {
            "messages": [
                {"role": turn.role, "content": turn.text} for turn in self._turns(messages)
            ],
            self.limit: max_tokens,
            "stream": False,
            **more,
        }
        if self.defaults or temperature != 1:
            body["temperature"] = temperature
        if self.defaults or top_p != 1:
            body["top_p"] = top_p
        if self.whole == "parameters":
            body |= WHOLE_LLAMA
        elif self.whole == "fewer":
            body |= WHOLE
        elif self.whole == "config":
            body["generation_config"] = json.dumps({**WHOLE_CONFIG, "do_sample": temperature > 0})
        if self.seed:
            body["seed"] = seed
        if self.switches:
            body["chat_template_kwargs"] = SWITCHES
        if messages[-1].role == "assistant":
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        return body

    def _turns(self, messages: Sequence[Message]) -> list[Message]:
        """Return the turns as the local engine has them: with a system message, or with it folded
        into the first turn.
        """
        system, *rest = merged(messages)
        if self.system:
            return [system, *rest]
        if rest and rest[0].role == "user":
            return [Message("user", f"{system.text}\n\n{rest[0].text}"), *rest[1:]]
        return [Message("user", system.text), *rest]


FULLEST = Manner()
"""All that a server may take."""


def written_body(manner: Manner, request: GenerateRequest, thought: int = 0) -> Json:
    """Return the body that asks for a text, with room for `thought` tokens before it.

    Each draw has a seed of its own: that of the request's id.
    """
    drawn = request.sampling
    form = {"response_format": bound_to(json.loads(request.schema))} if request.schema else {}
    return manner.body(
        request.messages,
        drawn.max_tokens + thought,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        seed=seed_of(request.id),
        **form,
    )


def seed_of(request_id: str, draw: int = 0) -> int:
    """Return a seed in [0, 2^31) out of a request's digest."""
    return (int(request_id[:8], 16) + draw) % 2**31
