"""Scenarios: situations of everyday life, set in a culture by a model or by rule."""
