"""Models of transformers, in this process."""

from acculturate.engines.hf.engine import HfEngine, LoadedModel, load_model

__all__ = ["HfEngine", "LoadedModel", "load_model"]
