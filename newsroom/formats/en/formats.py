"""“23 November 2026, 2:05 p.m.”: Django's own writes Nov. 23, 2026, and 11/23/2026 where it is short."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, P"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, P"
