"""Costs: what a study will take, before it asks anything.

    workload   what each stage asks of a model: prompts, tokens, rows
    counter    reads prompts with a model's own tokenizer
    machine    how fast this machine computes and reads
    cost       seconds, memory or money of a stage
    estimate   all stages of a study, or the tuning of a file of rows
    forecast   the whole in lines and as JSON

docs/scale.md holds estimates against what was measured.
"""
