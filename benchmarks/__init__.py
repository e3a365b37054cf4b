"""What the product does, timed against what people run today: `make bench`."""
