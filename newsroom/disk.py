"""Files of the page store: opened with the folders that they need, locked, written whole."""

import fcntl
import os
import time
from contextlib import contextmanager


def open_file(path, flags):
    """Open a file, made where there is none, and return its number."""
    try:
        return os.open(path, flags | os.O_CREAT, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags | os.O_CREAT, 0o600)


@contextmanager
def opened(path, flags):
    file = open_file(path, flags)
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def locked(path, how):
    """Hold a lock that all processes of this machine see; `how` is one of `fcntl.LOCK_...`."""
    with opened(path, os.O_RDWR) as lock:
        fcntl.flock(lock, how)
        yield


@contextmanager
def turn(path, patience):
    """Hold a lock as soon as nobody else does, at the latest after `patience` seconds, then without it; see `locked`."""
    try:
        lock = open_file(path, os.O_RDWR)
    except OSError:
        yield
        return
    try:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.003)
        yield
    finally:
        os.close(lock)


def write(file, data):
    while data:
        data = data[os.write(file, data) :]


def append(path, data):
    with opened(path, os.O_WRONLY | os.O_APPEND) as file:
        write(file, data)
