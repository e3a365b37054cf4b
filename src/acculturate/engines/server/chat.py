"""A request's body as this server takes it, and what its reply says.

Servers differ in small ways: what a length limit is called, whether a system message is taken,
whether thinking can be switched off, how a draw from all that the model would say is asked for.
`Manner` holds what the probe found; everything else is sent to all of them alike, and every
sampling parameter is sent, since what is left out is set by the server or by the model's makers.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from acculturate.engines.chat import SWITCHES, merged
from acculturate.engines.labels import LEAST
from acculturate.engines.server.constraint import bound_to
from acculturate.engines.server.spending import Json, used
from acculturate.engines.server.transport import Ask, UnansweredError
from acculturate.engines.thoughts import THOUGHT_MARKS, reasoning_split
from acculturate.records import Failure, GenerateRequest, Generation, Message

ROUNDING = 0.01
"""By how much listed probabilities may pass 1: servers compute in 16 bits."""
WHOLE: Json = {"top_k": 1_000_000, "min_p": 0.0, "repetition_penalty": 1.0}
"""Nothing is cut off and nothing held down: what top_p leaves is all there is. No part of OpenAI's
interface, but of most servers of one's own, whose defaults (and models' own) narrow the draw. Some
refuse a `top_k` of 0; none minds one that is larger than its vocabulary."""
WHOLE_LLAMA: Json = {**WHOLE, "repeat_penalty": 1.0}
"""The same with llama.cpp's name for the last; its server in Python holds repetition down."""
WHOLE_CONFIG: Json = {"top_k": 0, "repetition_penalty": 1.0}
"""The same in a generation config of transformers, which sorts the vocabulary for what is named."""
THOUGHT_KEYS = ("reasoning_content", "reasoning")
"""Where servers put a thought that they keep apart from the answer."""
LISTS_ASKED = 4
"""How often a list is asked for where the reply is empty."""
FILTERED = Failure("content", "The server's content filter took the reply.")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server wants to be asked.

    `limit` is its name for the most tokens to write. `whole` says how `WHOLE` is asked for: by
    parameters of all servers' names, by `fewer` where llama.cpp's are refused, or as the text of a
    generation config, without which `transformers serve` takes the likeliest token whatever the
    temperature.
    """

    whole: Literal["parameters", "fewer", "config", ""] = "parameters"
    switches: bool = True
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system: bool = True
    seed: bool = True

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
        """The body of a request, all but the model's name."""
        body: Json = {
            "messages": [
                {"role": each.role, "content": each.text} for each in self._turns(messages)
            ],
            self.limit: max_tokens,
            "temperature": temperature,
            "top_p": top_p,
            "stream": False,
            **more,
        }
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
        """As the local engine has them: a system message always, or folded into the first turn."""
        system, *rest = merged(messages)
        if self.system:
            return [system, *rest]
        if rest and rest[0].role == "user":
            return [Message("user", f"{system.text}\n\n{rest[0].text}"), *rest[1:]]
        return [Message("user", system.text), *rest]


def written_body(manner: Manner, request: GenerateRequest) -> Json:
    """The body that asks for a text. Each draw has a seed of its own: that of the request's id."""
    drawn = request.sampling
    form = {"response_format": bound_to(json.loads(request.schema))} if request.schema else {}
    return manner.body(
        request.messages,
        drawn.max_tokens,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        seed=seed_of(request.id),
        **form,
    )


def seed_of(request_id: str, draw: int = 0) -> int:
    """A seed in [0, 2^31) out of a request's digest."""
    return (int(request_id[:8], 16) + draw) % 2**31


def written(reply: Json) -> Generation | Failure:
    """The text of a reply's first choice, its reasoning apart."""
    return written_choice(reply, reply["choices"][0])


def written_choice(reply: Json, choice: Any) -> Generation | Failure:
    """The text of one choice; a failure where it is filtered, or all of it is thought."""
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        return Failure("transient", "The reply holds no message.")
    ended = choice.get("finish_reason")
    if ended == "content_filter" or message.get("refusal"):
        return FILTERED
    text = message.get("content") or ""
    if not isinstance(text, str):
        text = "".join(str(part.get("text", "")) for part in text if isinstance(part, dict))
    inside, answer, cut = reasoning_split(text)
    apart = next((message[key] for key in THOUGHT_KEYS if message.get(key)), "")
    reasoning = "\n\n".join(filter(None, [str(apart).strip(), inside]))
    read, new = used(reply)
    if cut or (reasoning and not answer and ended == "length"):
        return Failure("content", f"The thought is cut off after {new} tokens.")
    return Generation(answer, read, new, "length" if ended == "length" else "end", reasoning)


def asked_list(ask: Ask, body: Mapping[str, Any]) -> Json:
    """The reply to a request for a list of first tokens.

    llama.cpp's server in Python lists nothing where the token that it draws is the end of the
    reply: then another is drawn.
    """
    for seed in range(LISTS_ASKED):
        reply = ask({**body, "seed": seed} if "seed" in body else body)
        if _pairs(reply) or all_text(reply).strip():
            break
    return reply


def listed(reply: Json) -> dict[str, float]:
    """Log-probabilities of what may stand first in the reply, by text; empty where there are none.

    Pieces of one text (some servers drop the mark of a word's beginning) are added up. Raises
    `UnansweredError` where the numbers are no probabilities.
    """
    shares: dict[str, float] = {}
    for token, logprob in _pairs(reply):
        text = token.replace("\u0120", " ").replace("\u2581", " ")
        shares[text] = shares.get(text, 0.0) + math.exp(min(logprob, 1.0))
    if not sum(shares.values()) <= 1 + ROUNDING:  # also where one of them is nan
        raise UnansweredError(
            Failure("content", "The server's log-probabilities add up to more than 1.")
        )
    return {text: math.log(share) if share else LEAST for text, share in shares.items()}


def _pairs(reply: Json) -> list[tuple[str, float]]:
    try:
        first = reply["choices"][0]["logprobs"]["content"][0]
        return [(str(each["token"]), float(each["logprob"])) for each in first["top_logprobs"]]
    except (KeyError, IndexError, TypeError, ValueError):
        return []


def all_text(reply: Json) -> str:
    """Everything that was written, thought and answer."""
    message = _message(reply)
    return "\n".join(str(message.get(key) or "") for key in (*THOUGHT_KEYS, "content"))


def _message(reply: Json) -> Json:
    message = reply["choices"][0].get("message")
    return message if isinstance(message, dict) else {}


def begins_in_thought(reply: Json) -> bool:
    """Whether what was written is thought, not answer."""
    message = _message(reply)
    text = str(message.get("content") or "").lstrip()
    told = any(message.get(key) for key in THOUGHT_KEYS)
    return told or any(
        text.startswith(opening) or closing in text for opening, closing in THOUGHT_MARKS
    )


def tokens_read(reply: Json) -> int:
    """The prompt's tokens; raises `UnansweredError` where the server does not count them."""
    read, _ = used(reply)
    if not read:
        raise UnansweredError(Failure("content", "The server does not count tokens."))
    return read
