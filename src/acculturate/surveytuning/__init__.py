"""Survey tuning: a model learns the people's own answers to a part of a survey's items."""
