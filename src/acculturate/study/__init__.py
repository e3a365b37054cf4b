"""A study: adaptations and arms compared on one survey, described by one file, carried out here."""
