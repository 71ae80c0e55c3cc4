"""Django's PostgreSQL, and patience with one that takes a connection and then says nothing: readers have few threads.

A database that is away is told by the kernel. One that hangs is told by nobody: a query waits for ever, and soon every
thread does, which could have sent kept pages meanwhile. So in the web server no answer is waited for longer than
`patience`; and once it was in vain, one thread at a time asks again, and the others hear at once that it is.
"""

import threading

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError, errors

patience = None  # seconds; for ever, save in the web server: a job or a migration may take long

_silent, _asking = threading.Event(), threading.Lock()


class Patient(Connection):
    """A connection that is given up when its server does not answer."""

    def wait(self, gen, interval=0.1, timeout=None):
        try:
            return super().wait(gen, interval, timeout or patience)
        except errors._WaitTimeout as error:
            _silent.set()
            self.pgconn.finish()
            raise OperationalError("PostgreSQL does not answer") from error


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self):
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            pool["connection_class"] = Patient
        return super().pool

    def get_new_connection(self, conn_params):
        if not _silent.is_set():
            return self._ask(conn_params)
        if not _asking.acquire(blocking=False):
            raise OperationalError("PostgreSQL does not answer, and somebody is asking already")
        try:
            return self._ask(conn_params)
        finally:
            _asking.release()

    def _ask(self, conn_params):
        try:
            connection = super().get_new_connection(conn_params)
        except OperationalError:
            _silent.set()
            raise
        _silent.clear()
        return connection
