"""Models of transformers, in this process.

loading      a model found, checked, and read into memory in the right precision
placing      which device has its weights, and in how many bits
anatomy      its size, known from its files without loading it
adapter      an adapter put on, and taken off again to the last bit
low_rank     an adapter computed beside weights in half precision
head         the output matrix in float32, rows laid out for it
scoring      the next token's log-probabilities for a batch of prompts
prefix       a batch as one tree of shared beginnings
packing      that tree in rows without padding
decoding     texts drawn in batches
stepping     one step of writing for all texts of a batch
sampling     the draw of a token
memory       a conversation that goes on from where its last turn ended
blocks       what is kept of prompts, in blocks that several share
cache        keys and values with room to grow
products     matrix products of few rows, with weights packed once
standing_in  a layer's computation replaced for a while
engine       all of it behind the interface of engines
"""

from acculturate.engines.hf.engine import HfEngine, LoadedModel, load_model

__all__ = ["HfEngine", "LoadedModel", "load_model"]
