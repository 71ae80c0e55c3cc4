"""What `manage.py check` makes sure of, beyond Django's own checks."""
