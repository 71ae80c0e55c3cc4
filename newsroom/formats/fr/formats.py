"""« 23 novembre 2026 à 14:05 »: Django's own leaves the « à » out."""

DATETIME_FORMAT = "j F Y à H:i"
