"""The whole site in one file: the database as of one moment, pictures, what was uploaded, secrets; and back again.

Safe while the site runs: the database copies itself, and files are only ever added (what is deleted meanwhile is left out).
Pictures in a bucket are not in it: the bucket has versions of its own.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import connection

NAMES = {"sqlite": "newsroom.sqlite3", "postgresql": "newsroom.dump"}
FACTS = "newsroom.json"
KEPT = 10  # backups of a kind that stay in the site's own folder


class BackupError(Exception):
    """What keeps a backup from being made or put back, in one sentence."""


class HalfWayError(Exception):
    """A backup was put back in part; it names the folder to which was moved what stood in its place."""


def folders():
    """Return the folders that belong to the site, by their names in a backup."""
    found = {"secrets": settings.DATA / "secrets"}
    for name, storage in (("media", "default"), ("originals", "originals")):
        if location := settings.STORAGES[storage].get("OPTIONS", {}).get("location"):
            found[name] = Path(location)
    return found


def stamp():
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def shelf():
    """Return the site's own folder of backups."""
    return settings.DATA / "backups"


def keep(kind, ending, write):
    """Have `write(path)` make one more copy on the shelf, and let the oldest of its kind go; return its path."""
    target = shelf() / f"{kind}-{stamp()}.{ending}"
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(target)
    for old in sorted(target.parent.glob(f"{kind}-*.{ending}"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def make(target, database_only=False):
    """Write a backup to the file `target`. Raises BackupError."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.new")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch, private(draft) as file:
            database = Path(scratch, NAMES[connection.vendor])
            _dump(database)
            with tarfile.open(fileobj=file, mode="w") as tar:
                _add_text(tar, FACTS, json.dumps({"made": stamp(), "database_only": database_only}))
                tar.add(database, database.name)
                for name, folder in {} if database_only else folders().items():
                    _add_folder(tar, folder, name)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def private(path):
    """Open a new file that only the site reads."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")


def _add_text(tar, name, text):
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    tar.addfile(entry, io.BytesIO(text.encode()))


def _add_folder(tar, folder, name):
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                tar.add(path, f"{name}/{path.relative_to(folder).as_posix()}")
        except FileNotFoundError:  # deleted since
            pass


def _dump(target):
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(target))
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(target)])
    _check(target)


def _check(file):
    with closing(sqlite3.connect(file)) as database:
        try:
            [found] = database.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise BackupError(f"the database in the backup is damaged: {found}")


def _run(program, *arguments):
    """Run one of PostgreSQL's programs on the site's database; the password is not among what others can see."""
    site = settings.DATABASES["default"]
    where = {"PGHOST": site["HOST"], "PGPORT": str(site["PORT"] or ""), "PGUSER": site["USER"],
             "PGPASSWORD": site["PASSWORD"], "PGDATABASE": site["NAME"]}  # fmt: skip
    environment = os.environ | {name: value for name, value in where.items() if value}
    try:
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise BackupError(f"{program} is not installed (apt-get install postgresql-client)") from None
    if done.returncode:
        raise BackupError(done.stderr.strip())


def put_back(source):
    """Put a backup in the place of what is there; return the folder to which that was moved. Raises BackupError.

    The site must not run. Nothing is touched before the backup was read whole.
    """
    aside = settings.DATA / f"before-{stamp()}"
    with tempfile.TemporaryDirectory(dir=settings.DATA) as scratch:
        unpacked = Path(scratch)
        _unpack(source, unpacked)
        database = unpacked / NAMES[connection.vendor]
        if not database.exists():
            raise BackupError("this is no backup of a site on this kind of database")
        aside.mkdir(mode=0o700)
        try:
            _put_database_back(database, aside)
            for name, folder in folders().items():
                if (unpacked / name).exists():
                    if folder.exists():
                        shutil.move(folder, aside / name)
                    shutil.move(unpacked / name, folder)
        except (BackupError, OSError) as error:
            if not any(aside.iterdir()):
                aside.rmdir()
                raise
            raise HalfWayError(aside) from error
    return aside


def _unpack(source, folder):
    """Unpack the files that a backup of ours holds, and nothing else."""
    try:
        with tarfile.open(source) as tar:
            for entry in tar:
                path = PurePosixPath(entry.name)
                known = entry.name in NAMES.values() or path.parts[0] in ("secrets", "media", "originals")
                if not (entry.isfile() and known) or ".." in path.parts or path.is_absolute():
                    continue
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with tar.extractfile(entry) as data, open(target, "wb") as file:
                    shutil.copyfileobj(data, file)
                target.chmod(0o644 if path.parts[0] == "media" else 0o600)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"the backup cannot be read: {error}") from error
    for private in ("secrets", "originals"):
        if (folder / private).exists():
            (folder / private).chmod(0o700)


def _put_database_back(database, aside):
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(aside / database.name))
        try:
            _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
                 "--dbname", settings.DATABASES["default"]["NAME"], str(database))  # fmt: skip
        except BackupError:
            (aside / database.name).unlink()
            raise
        return
    _check(database)
    connection.close()
    place = Path(settings.DATABASES["default"]["NAME"])
    for ending in ("", "-wal", "-shm"):
        if (old := Path(f"{place}{ending}")).exists():
            shutil.move(old, aside / old.name)
    shutil.move(database, place)
