"""How a mail leaves: over SMTP, noting it just before the server is given it; or into a folder, one file a mail."""

import re
import smtplib
from contextlib import suppress
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend

ANSWER = 120  # seconds that a server may take to file a mail; RFC 5321 would have us wait for ten minutes


class ConnectionLostError(Exception):
    """The server cannot be reached, or went away before it took charge of the mail."""


class RefusedError(Exception):
    """The server refuses this mail, now and later."""


class PutOffError(Exception):
    """The server refuses this mail for now."""


class TakenError(Exception):
    """Another worker has handed over the same mail."""


def leaves():
    """Tell whether mail goes to a server; by default it goes into a folder of this machine, and to nobody."""
    return not isinstance(get_connection(), FolderBackend)


class Postman:
    """One connection to the mail server, opened for the first mail and used for all: a context manager."""

    def __init__(self):
        self.backend = get_connection()

    def __enter__(self):
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionLostError(f"{type(error).__name__}: {error}") from None
        return self

    def __exit__(self, *_):
        with suppress(OSError, smtplib.SMTPException):
            self.backend.close()

    def post(self, message, claim):
        """Send a message; call `claim()` at the last moment before the mail may arrive.

        Raises TakenError when `claim()` finds the mail taken, ConnectionLostError when the rest must wait as well,
        RefusedError or PutOffError for an answer about this mail alone.
        """
        if isinstance(self.backend, smtp.EmailBackend):
            self._post_by_smtp(message, claim)
            return
        if not getattr(self.backend, "repeatable", False) and not claim():
            raise TakenError
        self.backend.send_messages([message])

    def _post_by_smtp(self, message, claim):
        server = self.backend.connection
        lines = message.message().as_bytes().splitlines()
        data = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
        try:
            server.ehlo_or_helo_if_needed()
            self._expect(250, *server.mail(parseaddr(message.from_email)[1]))
            self._expect(250, *server.rcpt(message.to[0]))
            self._expect(354, *server.docmd("DATA"))
            if not claim():
                server.close()  # a server forgets what does not end
                raise TakenError
            server.send(data)
            server.sock.settimeout(max(ANSWER, settings.EMAIL_TIMEOUT))
            answer = server.getreply()
            server.sock.settimeout(settings.EMAIL_TIMEOUT)
            self._expect(250, *answer)
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionLostError(f"{type(error).__name__}: {error}") from None

    def _expect(self, wanted, code, reply):
        """Raise unless the server answered what was wanted; leave it ready for the next mail."""
        if code in (wanted, 251):
            return
        text = f"{code} {reply.decode(errors='replace')}"
        if code == 421:
            raise smtplib.SMTPServerDisconnected(text)
        self.backend.connection.rset()
        raise (RefusedError if code >= 500 else PutOffError)(text)


class FolderBackend(BaseEmailBackend):
    """Writes each mail to settings.EMAIL_FILE_PATH as an .eml file, named by its date and Message-ID.

    The file appears in one step, and the same mail always has the same name.
    """

    repeatable = True

    def send_messages(self, messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            mime = message.message()
            moment = parsedate_to_datetime(mime["Date"])
            identity = re.sub(r"[^\w.-]", "", mime["Message-ID"].strip("<>").partition("@")[0])
            path = folder / f"{moment:%Y-%m-%dT%H%M%S}-{identity}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(mime.as_bytes())
            part.replace(path)
        return len(messages)
