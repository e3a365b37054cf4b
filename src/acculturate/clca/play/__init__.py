"""Role-play: two characters play a scenario, and what of their replies is a move."""
