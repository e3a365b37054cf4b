"""Measure how well a language model agrees with the people of a culture, and adapt it."""

__version__ = "0.1.0"
