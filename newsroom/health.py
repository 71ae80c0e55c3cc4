"""Whether the site can work, for whoever watches it; and what is wrong although it does."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

from newsroom.cache import page_store
from newsroom.mail import deliver
from newsroom.models import Tick

ROOM = 200 * 1024 * 1024  # bytes that a disk should have left
LATE = timedelta(minutes=15)  # longer than any job may keep a worker from saying that it is there


def troubles():
    """Return what keeps the site from working, a short sentence each; nothing when all is well."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return ["the database does not answer"]
    return [f"{len(pending)} migrations are pending"] if pending else []


def worries():
    """Return what somebody should look at while pages go on, a sentence each in the language of now."""
    store = page_store()
    return list(filter(None, [store and store.trouble(), _full_disk(), _idle_workers()]))


def _full_disk():
    room = shutil.disk_usage(settings.DATA).free
    if room < ROOM:
        return _("The disk is almost full: %d MB are left.") % (room // 1024**2)
    return None


def _idle_workers():
    """Tell since when no worker has had mail looked after, which each does every minute."""
    since = Tick.objects.filter(name=deliver.module_path).values_list("due_at", flat=True).first()
    if not since:  # none ever ran
        since = DBTaskResult.objects.ready().aggregate(since=Min("enqueued_at"))["since"]
    if since and since < timezone.now() - LATE:
        moment = date_format(timezone.localtime(since), "DATETIME_FORMAT")
        return _("Nothing works in the background since %s: is a worker running?") % moment
    return None


@never_cache
@require_safe
def healthz(request):
    """Answer 200 and “ok”, with worries below it; or 503 and what is wrong."""
    with translation.override("en"):
        found = troubles()
        lines = found or ["ok", *worries()]
    return HttpResponse("\n".join(lines) + "\n", status=503 if found else 200, content_type="text/plain; charset=utf-8")
