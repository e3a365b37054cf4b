"""What a run's results are: a record for each kind of row, from evaluation to the report.

differences   one arm less another, with tests
conclusion    the verdict: its questions, and the lines beside it
answered      each item's shares, of the people and of the arms, and prompts as sent
described     what was asked of whom: arms, survey, models, metrics, failures, how to run it again
cut           figures of parts of the questions, matrices, the study's own tables
varied        what else moved answers: sources of variance, position, texts against probabilities
robust        how far scores move with the way of asking
silent        how often no answer is given, by the model and by people
placed        the culture map
kinship       how cultures stand to each other
moved         directions, adapters by cultures, gains by shifts
general       general abilities
made          what an adaptation was made of: yields, drops, shifts, trainings
talks         dialogues, their audit, and how far raters agree
run_results   all of it: `RunResults`
metrics_file  metrics.json, written and read
plain         records as JSON values

Records are frozen dataclasses; their fields are the keys of metrics.json, in this order. A field is
in the unit of its metric unless it says otherwise; shares lie in [0, 1].
"""
