"""Costs: what a study will take, before it asks anything.

    machine          how fast this machine computes and reads
    cost             seconds, memory or money of a stage's work (methods/workload.py)
    study_estimate   all stages of a study, or the tuning of a file of rows
    forecast         the whole in lines and as JSON

docs/scale.md holds estimates against what was measured.
"""
