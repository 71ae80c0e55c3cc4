"""The queue and the outbox at the desk: what waits, what runs, what failed and why; and one more try."""

import json

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db.models import Count, Value
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_POST
from django_tasks_db.models import get_date_max

from newsroom import mail, postman
from newsroom.desk import Row, Section
from newsroom.jobs import TaskResultStatus, title_of, try_again
from newsroom.models import JobRecord, OutgoingMail, SiteIdentity
from newsroom.privacy import without_addresses
from newsroom.reasons import reason

STATES = {
    TaskResultStatus.FAILED: pgettext_lazy("job", "failed"),
    TaskResultStatus.READY: pgettext_lazy("job", "waiting"),
    TaskResultStatus.RUNNING: pgettext_lazy("job", "running"),
    TaskResultStatus.SUCCESSFUL: pgettext_lazy("job", "done"),
}


def moment_in_words(moment):
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else "-"


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table that the site writes and people look at."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_display_links = ("name",)

    def changelist_view(self, request, extra_context=None):
        title = self.opts.verbose_name_plural.capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, row=None):
        return False

    def has_delete_permission(self, request, row=None):
        return False

    def has_view_permission(self, request, row=None):
        return super().has_view_permission(request, row) or super().has_change_permission(request, row)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_again"
        return [path("<path:pk>/again/", self.admin_site.admin_view(self.again_view), name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def again_view(self, request, pk):
        """The action, for the one row whose page has the button."""
        row = self.get_object(request, pk)
        if row is None or not self.has_again_permission(request):
            raise Http404
        self.again(request, self.get_queryset(request).filter(pk=row.pk))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def render_change_form(self, request, context, *args, obj=None, **options):
        context |= {"may_again": self.has_again_permission(request) and self.can_again(obj)}
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def has_again_permission(self, request):
        """Whether this person may have something tried again: whoever may change the table, as permissions go."""
        return super().has_change_permission(request)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        """Say of each state how many are in it, but for what is done."""
        others = JobRecord.objects.filter(status__in=STATES.keys() - {TaskResultStatus.SUCCESSFUL})
        found = dict(others.values_list("status").annotate(Count("pk")).order_by())
        return [(state, f"{word} ({found[state]})" if state in found else word) for state, word in STATES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(JobRecord)
class JobRecordAdmin(ReadOnlyAdmin):
    """Failed jobs first: so the states sort by their names, FAILED, READY, RUNNING, SUCCESSFUL."""

    ordering = ("status", "-enqueued_at")
    list_display = ("name", "state", "why", "tries", "moment")
    list_filter = (StateFilter,)
    fields = (
        "name",
        "function",
        "state",
        "why",
        "arguments",
        "tries",
        "asked_for",
        "begun",
        "ended",
        "tried_next",
        "trace",
    )
    actions = ("again",)

    def can_again(self, row):
        return row.status in (TaskResultStatus.FAILED, TaskResultStatus.READY)

    def desk_sections(self, request):
        """Show on the desk's first page what failed lately: nobody looks at this list on an ordinary day."""
        failed = JobRecord.objects.failed().order_by("-finished_at")[:5]
        rows = [
            Row(title_of(row), reverse("admin:newsroom_jobrecord_change", args=[quote(row.pk)]), reason(row))
            for row in failed
        ]
        if rows:
            yield Section(5, _("Jobs that failed"), rows, reverse("admin:newsroom_jobrecord_changelist"))

    @admin.display(description=_("job"), ordering="task_path")
    def name(self, row):
        return title_of(row)

    @admin.display(description=_("function"))
    def function(self, row):
        return row.task_path

    @admin.display(description=_("state"), ordering="status")
    def state(self, row):
        return STATES.get(row.status, row.status)

    @admin.display(description=_("tries"))
    def tries(self, row):
        return len(row.worker_ids)

    @admin.display(description=pgettext_lazy("job", "asked for"))
    def asked_for(self, row):
        return moment_in_words(row.enqueued_at)

    @admin.display(description=pgettext_lazy("job", "begun"))
    def begun(self, row):
        return moment_in_words(row.started_at)

    @admin.display(description=pgettext_lazy("job", "ended"))
    def ended(self, row):
        return moment_in_words(row.finished_at)

    @admin.display(description=_("next try"))
    def tried_next(self, row):
        return moment_in_words(self.next_try(row))

    def next_try(self, row):
        return row.run_after if row.status == TaskResultStatus.READY and row.run_after != get_date_max() else None

    @admin.display(description=_("when"))
    def moment(self, row):
        """When it ended, else when it will be tried, else when it began to wait."""
        return row.finished_at or self.next_try(row) or row.started_at or row.enqueued_at

    @admin.display(description=_("why"))
    def why(self, row):
        return reason(row) or "-"

    @admin.display(description=_("arguments"))
    def arguments(self, row):
        return without_addresses(json.dumps(row.args_kwargs, ensure_ascii=False))

    @admin.display(description=_("details"))
    def trace(self, row):
        return format_html("<pre>{}</pre>", row.traceback) if row.traceback else "-"

    @admin.action(description=_("Try again"), permissions=["again"])
    def again(self, request, rows):
        count = try_again(rows)
        messages.success(
            request, ngettext("%d job will be tried again.", "%d jobs will be tried again.", count) % count
        )


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """What became of each mail. Nobody sees here whom it was for."""

    ordering = ("-created_at",)
    list_display = ("name", "state", "why", "tries", "created_at", "settled_at")
    list_filter = ("state",)
    fields = ("name", "state", "why", "language", "tries", "created_at", "due_at", "settled_at")
    actions = ("again",)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"mail_leaves": postman.leaves()})

    def can_again(self, row):
        return row.state == OutgoingMail.State.HANDED

    def get_queryset(self, request):
        rows = super().get_queryset(request).defer("recipient", "context", "unsubscribe_path")
        return rows.annotate(site_name=Value(" ".join(SiteIdentity.load().name.split())))

    def render_change_form(self, request, context, *args, obj=None, **options):
        context["subtitle"] = self.name(obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    @admin.display(description=_("mail"), ordering="template")
    def name(self, row):
        return mail.title_of(row.template, row.site_name)

    @admin.display(description=_("why"))
    def why(self, row):
        waits = row.state == OutgoingMail.State.WAITING
        return row.error or (_("It waits for the background process.") if waits else "-")

    @admin.action(description=_("Send again"), permissions=["again"])
    def again(self, request, rows):
        unknown = list(rows.filter(state=OutgoingMail.State.HANDED))
        for row in unknown:
            mail.send_again(row)
        count = len(unknown)
        messages.success(
            request, ngettext("%d mail will be sent again.", "%d mails will be sent again.", count) % count
        )
