"""Models behind an OpenAI-compatible address: a company's, vLLM's, llama.cpp's, your own.

settings    what `[models.X.server]` may say
address     where the server is, and the key, which is never repeated
pace        how many requests are under way at once
spending    tokens, money, and where to stop
ends        the words that servers have for how a reply ended
trouble     what a server says instead of an answer
answering   which model answered
transport   one request, asked again until it is answered or given up
chat        a request's body
reply       what a reply's body says
listing     the first tokens that a server lists, as probabilities
abilities   what a server can do
hearing     whether a system message reaches the model
probe       what this server can do, found by asking it
labels      a label's pieces and what was said about each of them
weighing    options weighed in the best way that the server allows
writing     texts, with room for a thought
engine      all of it behind the interface of engines
"""

from acculturate.engines.server.engine import ServerEngine, find_server, forget_server
from acculturate.engines.server.server_settings import ServerSettings

__all__ = ["ServerEngine", "ServerSettings", "find_server", "forget_server"]
