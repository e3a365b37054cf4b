"""From answers to figures: what an arm scores against people, and how two arms differ."""
