"""The owner's copies of her site, at the desk: made in the background, listed, and downloaded by her alone."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from newsroom import backup
from newsroom.jobs import HEAVY, TaskResultStatus, job
from newsroom.models import JobKey

logger = logging.getLogger(__name__)
NAME = re.compile(r"([a-z]+)-(\d{8}-\d{6})\.(tar|zip)")
TAKEN = "taken"  # what the desk's log says of a download


@dataclass(frozen=True)
class Kind:
    """A kind of copy: what it is called, what makes it is called, what it holds, and the job that makes one."""

    name: str
    label: str
    button: str
    says: str
    make: object


KINDS = {}


def offer(kind):
    """Offer a kind of copy on the page; an app does so when it is ready."""
    KINDS[kind.name] = kind


@dataclass(frozen=True)
class Copy:
    name: str
    label: str
    made_at: datetime
    size: int
    taken: list


# Once, for what fails for want of room or of a program fails again; whoever asks is told by the list of jobs.
@job(gettext_lazy("Make a backup of the site"), once=True, priority=HEAVY, tries=1, time_limit=3600)
def make_backup():
    """Put a backup of the whole site on the shelf."""
    backup.keep("site", "tar", backup.make)


offer(
    Kind(
        "site",
        gettext_lazy("The whole site"),
        gettext_lazy("Copy the whole site"),
        gettext_lazy(
            "Texts, pictures, comments and keys in one file, from which whoever runs the site can put it up again. "
            "It holds readers’ addresses: keep it where only you can read it."
        ),
        make_backup,
    )
)


def copies():
    """Return what is on the shelf of this machine, the newest first."""
    logged = LogEntry.objects.filter(content_type=None, change_message=TAKEN).select_related("user")
    taken = {}
    for entry in logged.order_by("-action_time")[:200]:
        taken.setdefault(entry.object_id, []).append(entry)
    found = []
    for file in backup.shelf().glob("*-*.*"):
        if match := NAME.fullmatch(file.name):
            kind, made, _ending = match.groups()
            label = KINDS[kind].label if kind in KINDS else _("The database")
            moment = datetime.strptime(made, "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            found.append(Copy(file.name, label, moment, file.stat().st_size, taken.get(file.name, [])))
    return sorted(found, key=lambda copy: copy.made_at, reverse=True)


def _owner_only(request):
    if not request.user.is_superuser:
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Show the copies that there are; have one made."""
    _owner_only(request)
    if request.method == "POST":
        if kind := KINDS.get(request.POST.get("kind")):
            kind.make.enqueue()
            messages.success(request, _("The copy is being made. It stands in the list when it is complete."))
        return redirect("admin:safekeeping")
    in_work = JobKey.objects.filter(job__status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    names = {kind.make.key((), {}): kind for kind in KINDS.values()}
    context = {
        "title": _("Backups"),
        "kinds": KINDS.values(),
        "copies": copies(),
        "in_work": [names[key.name] for key in in_work.filter(name__in=names)],
        "kept": backup.KEPT,
    }
    return render(request, "admin/newsroom/safekeeping.html", admin.site.each_context(request) | context)


@require_safe
def download(request, name):
    """Send a copy piece by piece, to its owner (no cache keeps what the desk sends), and write down who took it."""
    _owner_only(request)
    file = Path(backup.shelf(), name)
    if not NAME.fullmatch(name) or not file.is_file():
        raise Http404
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    if request.method == "GET":
        logger.warning("the backup %s was taken by user %s", name, request.user.pk)
        LogEntry.objects.create(
            user=request.user, object_id=name, object_repr=name, action_flag=CHANGE, change_message=TAKEN
        )
    return response


def urlpatterns(wrap):
    """Return the addresses of these pages; `wrap` asks for a login."""
    return [
        path("backups/", wrap(page), name="safekeeping"),
        path("backups/<str:name>", wrap(download), name="safekeeping_download"),
    ]
