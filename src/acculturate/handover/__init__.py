"""What is handed to others: adapters with a card that says what they are, merged models, uploads.

run folder ──> adapters/ID/README.md     a model card: base, cultures, figures, verdict, limits
adapter    ──> merge ──> a model folder  that anything which reads transformers' models opens
──> push  ──> the Hub         what would be sent is said first
"""

from acculturate.handover.merging import Merge, merge
from acculturate.handover.model_card import write_cards
from acculturate.handover.upload import Upload, prepare, send

__all__ = ["Merge", "Upload", "merge", "prepare", "send", "write_cards"]
