"""A real SMTP server for tests: it keeps what it accepts, and can be told to be slow, to refuse or to hang up."""

import asyncio
import fcntl
import os
import random
import socket
import tempfile
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.controller import Controller

LOCKS = os.open(Path(tempfile.gettempdir(), f"newsroom-ports-{os.getuid()}"), os.O_RDWR | os.O_CREAT)
given = set()


def free_port():
    """Return a port that nobody has, and that the system gives to no connection meanwhile: it takes those from 32768.

    No other test of this machine is given it while this process lives, however long it takes until somebody listens there.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            fcntl.lockf(LOCKS, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            if port not in given:
                given.add(port)
                return port


class MailServer:
    """`accepted` holds (recipients, message); `at(moment)` is answered by what a test puts into `answers`.

    Moments are "RCPT", "DATA" (the text has come, it is not kept yet) and "KEPT" (it is kept, the client does not know).
    An answer is an SMTP reply, a number of seconds to sleep, or "hang up".
    """

    def __init__(self):
        self.accepted = []
        self.answers = {}
        self.seen = []
        self.port = free_port()

    @property
    def mails(self):
        return [message for _, message in self.accepted]

    async def at(self, moment, server):
        self.seen.append(moment)
        answer = self.answers.get(moment)
        if answer == "hang up":
            server.transport.abort()
            await asyncio.sleep(60)
        if isinstance(answer, int | float):
            await asyncio.sleep(answer)
        return answer if isinstance(answer, str) else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := await self.at("RCPT", server):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if refusal := await self.at("DATA", server):
            return refusal
        self.accepted.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return await self.at("KEPT", server) or "250 kept"

    def start(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)
        self.controller.start()

    def stop(self):
        self.controller.stop(no_assert=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
