"""Tuning: training rows, from whichever method, become an adapter (`sft.tune`)."""
