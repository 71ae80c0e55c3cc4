"""Why a job failed, in words for whoever looks at the desk; the traceback below is for whoever keeps the machine."""

import re
from pkgutil import resolve_name

from django.utils.translation import gettext_lazy as _

# By the name of an exception, or that of one it is a kind of: the first one found says it.
SENTENCES = {
    "newsroom.jobs.TimeLimitExceeded": _("It took longer than it may."),
    "newsroom.jobs.WorkerLostError": _("The process that did it was killed, or its machine stopped."),
    "newsroom.cdn.RefusedError": _("The CDN refuses what it is asked: look at CDN_PURGE and CDN_TOKEN."),
    "newsroom.outgoing.RefusedError": _("The other site refuses what it is asked."),
    "smtplib.SMTPAuthenticationError": _("The mail server does not accept the name or the password in EMAIL_URL."),
    "smtplib.SMTPException": _("The mail server does not take it."),
    "newsroom.postman.ConnectionLostError": _("The mail server does not answer."),
    "botocore.exceptions.ClientError": _("The bucket of pictures refuses what it is asked."),
    "botocore.exceptions.BotoCoreError": _("The bucket of pictures does not answer."),
    "boto3.exceptions.Boto3Error": _("The bucket of pictures does not take it."),
    "django.db.utils.OperationalError": _("The database did not answer, or was too busy."),
    "django.db.utils.InterfaceError": _("The database did not answer, or was too busy."),
    "django.core.exceptions.ObjectDoesNotExist": _("What it was about is no longer there."),
    "builtins.FileNotFoundError": _("A file that it needs is missing."),
    "builtins.PermissionError": _("The site may not read or write a file that it needs."),
    "builtins.ConnectionError": _("The other machine does not answer."),
    "builtins.TimeoutError": _("The other machine does not answer in time."),
    "socket.gaierror": _("The name of the other machine is not known."),
    "builtins.MemoryError": _("The machine has too little memory for it."),
}
OF_THE_DISK = {
    28: _("The disk is full."),
    30: _("The disk can only be read."),
    122: _("The site has used up its share of the disk."),
}
OF_THE_CODE = _("The site itself did something wrong. Show the details to whoever looks after it.")


def reason(row):
    """Return the sentence for the failure of a job; empty where it has none."""
    if not row.traceback:
        return ""
    error = re.search(r"OSError: \[Errno (\d+)\]", last_line(row))
    if error and (sentence := OF_THE_DISK.get(int(error[1]))):
        return sentence
    return next((SENTENCES[name] for name in _kinds(row.exception_class_path) if name in SENTENCES), OF_THE_CODE)


def last_line(row):
    """Return what the exception itself says."""
    return row.traceback.strip().rpartition("\n")[2][:200]


def _kinds(path):
    """Return the name of an exception and of all that it is a kind of; its own alone where this version has no such."""
    try:
        kind = resolve_name(path)
    except (ImportError, AttributeError, ValueError):
        return [path]
    return [path, *(f"{each.__module__}.{each.__qualname__}" for each in kind.__mro__)]
