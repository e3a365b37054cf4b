"""How sure a figure is: draws and intervals, as pure functions on arrays."""
