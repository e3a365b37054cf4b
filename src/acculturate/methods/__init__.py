"""Methods of adapting: what each is to the study that uses it.

A method is a subclass of `Adaptation`: the `[[adapt]]` table of its study files, which checks,
estimates and builds its training rows, and says what it is a control by. Another package brings one
as an entry point (`acculturate.plugins`); docs/extending.md shows a whole one.
"""

from acculturate.methods.adaptation import Adaptation, Addition, GainPart
from acculturate.methods.context import Carrier, Context
from acculturate.methods.taught import Taught

__all__ = ["Adaptation", "Addition", "Carrier", "Context", "GainPart", "Taught"]
