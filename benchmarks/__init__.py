"""What the product does, measured: its speed beside what people run today (`make bench`), and how
often its intervals hold the truth (`coverage.py`).
"""

import acculturate  # noqa: F401  (before torch: it says how threads wait)
