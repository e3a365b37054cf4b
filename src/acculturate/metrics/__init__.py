"""Figures from arrays: pure functions that know neither files nor models.

The last letters of a name are its axes: C cultures, I items, K options in scale order, padded with
zeros to the longest scale. An item without people's answers or without the model's is a row of NaN
and is left out of the sums: figures stand on the common support.
"""
