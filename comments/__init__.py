"""Readers' voices, moderated, on top of django-comments-xtd."""
