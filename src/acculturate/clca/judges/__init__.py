"""Judges: verdicts of models and of people on dialogues, and how far they agree."""
