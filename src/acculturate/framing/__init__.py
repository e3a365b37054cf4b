"""Framings: how a culture or a person is put to the model, each a folder of prompt files.

unaware          nobody in particular
aware            a person of a culture (the paper's P1)
cross-culture    the same, thinking of cultures that are like it and unlike it (P2)
self-alignment   answered items of the culture, its name unsaid (P3)
third-person     what most people of the culture would answer
persona          one respondent, by demographics
group            one of a group of people, by what these share (`survey.groups`)

`a+b` joins two. Users add framings, wordings and languages by adding files.
"""

from acculturate.framing.backdrop import Backdrop
from acculturate.framing.backdrop_settings import BackdropSettings
from acculturate.framing.examples import Example
from acculturate.framing.framing import Framing, ShownExample, find_framing
from acculturate.framing.neighbours import Neighbours, neighbours
from acculturate.framing.persona import Persona

__all__ = [
    "Backdrop",
    "BackdropSettings",
    "Example",
    "Framing",
    "Neighbours",
    "Persona",
    "ShownExample",
    "find_framing",
    "neighbours",
]
