"""Planted cultures for CLCA: invented people whose values are known, told in dialogues only.

world     the cultures, where they stand on eight poles, their survey, situations, teacher
learner   a small model made from nothing that knows other such cultures, but not these
planted   the study on them, and what it shows

python -m benchmarks.poles.planted --out results.json
"""
