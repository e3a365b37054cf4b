"""Results: every number of a run, from answers read to one tree, which the report only sets.

measured     what is kept of an arm once its answers have been read
scoring      rows of arms and of answerers that need no model, and paired differences
persons      the same for single persons
verdict      three questions of the study's last pair of arms
cautions     what the run cannot show
failures     which requests got no usable reply, and why
sections     breakdowns, matrices, the culture map, what else moved the answers
mechanisms   what an adaptation did, beyond whether answers came nearer
tree         all of it in one tree: metrics.json
"""
