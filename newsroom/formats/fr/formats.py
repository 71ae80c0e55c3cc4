"""« 23 novembre 2026 à 14:05 »: Django's own leaves the « à » out; and the thin space in 5 000."""

DATETIME_FORMAT = "j F Y à H:i"
THOUSAND_SEPARATOR = "\u202f"
