"""Rows of a batch that are held to a JSON schema while they are written (grammars.py).

Before a token is drawn, the logits of those that the schema does not allow are closed off; what is
drawn is told to the row's grammar. Where that leaves one way only, the tokens of this way are put
in place of what is drawn: at the beginning of a reply they are read with its prompt and cost no
step, further on they cost one each, which the other rows take anyway. A row ends with its object.

    {"question": "How often do you pray?", "options": ["Often", "Never"]}
    read with it  drawn                  certain        drawn           the end
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from acculturate.engines.local import NO_TOKEN

if TYPE_CHECKING:
    from llguidance import LLMatcher

    from acculturate.engines.hf.grammars import Grammars

BITS = torch.tensor([1 << bit for bit in range(8)], dtype=torch.uint8)
"""Of a byte, in the order in which tokens stand in a mask."""

Prompts = Sequence[Sequence[int]]
"""Tokens of one conversation's prompts, oldest first; the last is to be replied to."""

Drawing = Callable[[Tensor], Tensor]
"""Draws a token for each row from logits."""


class BoundRow:
    """One text: its grammar, and the tokens that are certain to come next."""

    def __init__(self, matcher: "LLMatcher") -> None:
        self._matcher = matcher
        self.certain: list[int] = []
        self._look_ahead()

    def begin(self, most: int) -> list[int]:
        """Return the tokens that it is certain to begin with, `most` of them at most."""
        begun, self.certain = self.certain[:most], self.certain[most:]
        return begun

    def fill(self, mask_W: Tensor) -> None:
        """Set the bit of every token that may come next."""
        self._matcher.unsafe_compute_mask_ptr(mask_W.data_ptr(), mask_W.nbytes)

    def take(self, token: int) -> int:
        """Go on with the token that was drawn, or with the one that is certain, and return it."""
        if self.certain:
            return self.certain.pop(0)
        if token >= 0 and self._matcher.consume_token(token):
            self._look_ahead()
        return token

    def end(self, written: list[int], most: int, end: Sequence[int]) -> bool:
        """Return whether the text is over, of `most` tokens at most; a whole object gets what it
        lacks, and `end`.
        """
        if self._matcher.is_error():  # a limit of llguidance
            return True
        if self._matcher.is_stopped() and len(written) + len(self.certain) <= most:
            written += [*self.certain, *end]
            return True
        return len(written) >= most

    def _look_ahead(self) -> None:
        tokens = self._matcher.compute_ff_tokens()
        self.certain = tokens[: self._matcher.try_consume_tokens(tokens)]


class Rows:
    """What the rows of a batch write, `most` tokens each at most; `schemas` are what they are held
    to, "" (or none at all) for nothing. A text ends with one of `ends`, the first of which is put
    behind a whole object.
    """

    def __init__(
        self,
        grammars: "Callable[[], Grammars]",
        schemas: Sequence[str],
        most: int,
        ends: Sequence[int],
    ) -> None:
        self._most, self._ends = most, ends
        self._bound: dict[int, BoundRow] = {}
        if any(schemas):
            known = grammars()
            self._words = (known.vocabulary + 31) // 32
            self._bound = {
                row: BoundRow(known.matcher(schema)) for row, schema in enumerate(schemas) if schema
            }
        self.written: dict[int, list[int]] = {}

    def begin(self, prompts_B: Sequence[Prompts]) -> list[Prompts]:
        """Return the prompts with what each row is certain to begin with, which is written then;
        one token at least is left to be drawn.
        """
        for row in range(len(prompts_B)):
            bound = self._bound.get(row)
            self.written[row] = bound.begin(self._most - 1) if bound else []
        return [
            [*prompts[:-1], [*prompts[-1], *self.written[row]]]
            for row, prompts in enumerate(prompts_B)
        ]

    def draw(self, logits_BV: Tensor, rows: Tensor, drawing: Drawing) -> Tensor:
        """Return the token with which each row goes on; closes off, in `logits_BV` itself, what may
        not come next.
        """
        if not self._bound:
            return drawing(logits_BV)
        bound = [self._bound.get(row) for row in rows.tolist()]
        self._close_off(logits_BV, bound)
        pairs = zip(bound, drawing(logits_BV).tolist(), strict=True)
        return rows.new_tensor([row.take(token) if row else token for row, token in pairs])

    def note(self, token_B: Tensor, rows: Tensor, open_B: Tensor) -> Tensor:
        """Write a token to every open row, and return which of them stay open."""
        state = zip(rows.tolist(), token_B.tolist(), open_B.tolist(), strict=True)
        stay = [is_open and not self._is_last(row, token) for row, token, is_open in state]
        return open_B.new_tensor(stay)

    def _is_last(self, row: int, token: int) -> bool:
        """Write a token to a row, and return whether it is the last."""
        text, bound = self.written[row], self._bound.get(row)
        text.append(token)
        if token in self._ends or token == NO_TOKEN:
            return True
        return bound is not None and bound.end(text, self._most, self._ends[:1])

    def _close_off(self, logits_BV: Tensor, bound: Sequence[BoundRow | None]) -> None:
        drawn = [(place, row) for place, row in enumerate(bound) if row and not row.certain]
        if not drawn:
            return
        mask_BW = torch.full((len(bound), self._words), -1, dtype=torch.int32)
        for place, row in drawn:
            row.fill(mask_BW[place])
        byte_BN = mask_BW.view(torch.uint8).to(logits_BV.device)
        closed_BV = ((byte_BN[..., None] & BITS.to(byte_BN.device)) == 0).flatten(1)
        logits_BV.masked_fill_(closed_BV[:, : logits_BV.shape[1]], -torch.inf)
