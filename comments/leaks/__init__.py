"""The proof of the promise: plant addresses, look at everything that anybody but their owners can get, and search.

For `manage.py leakcheck`, which runs it on a scratch database, and for the tests.
"""

from comments.leaks.plant import plant
from comments.leaks.visit import find_leaks

__all__ = ["find_leaks", "plant"]
