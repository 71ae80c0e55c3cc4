"""Comments at the desk: where the moderators' pages stand, and the blocklist they keep."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from comments.desk import person, views, ways
from comments.desk.cases import count_by_list, listed
from comments.desk.digest import digest
from comments.desk.log import age, note_rule, who
from comments.desk.rules import RuleForm
from comments.models import BlockRule, ModerationEvent, ReaderComment
from newsroom.desk import Row, Section
from newsroom.typography import cut


@admin.register(ReaderComment)
class ReaderCommentAdmin(admin.ModelAdmin):
    """A place at the desk, and none of the admin's own pages: no list one may sort or filter at will, no form.

    Comments are read in comments/desk/views.py, and changed by decisions alone.
    """

    desk_tab = (15, _("Comments"))

    def has_view_permission(self, request, obj=None):
        return ways.may_read(request.user)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """No page here deletes; this lets an article go, with its comments, for those who may delete articles."""
        return request.user.has_perm("articles.delete_article")

    def desk_count(self, request):
        return ways.waiting(request)

    def desk_sections(self, request):
        """The first page names what waits longest; how much there is stands in the navigation beside it."""

        def told(row):
            facts = [_("Reported by readers")] if row.reported else []
            return " · ".join(map(str, [*facts, row.user_name, row.article, age(row.submit_date)]))

        rows = [
            Row(cut(row.comment, 90), reverse("admin:comments_case", args=[row.public_id]), told(row))
            for row in listed("waiting")[:5]
        ]
        yield Section(15, _("Comments that wait"), rows, reverse(ways.LIST), _("No comment waits."))

    def get_urls(self):
        pages = [
            ("", views.queue, "comments_readercomment_changelist"),
            ("decide/", views.decide, "comments_decide"),
            ("undo/", views.undo, "comments_undo"),
            ("close/", views.close, "comments_close"),
            ("log/", views.log, "comments_log"),
            ("write/", views.write, "comments_write"),
            ("digest/", digest, "comments_digest"),
            ("<slug:public_id>/", views.case, "comments_case"),
            ("<slug:public_id>/answer/", views.answer, "comments_answer"),
            ("<slug:public_id>/block/", person.block, "comments_block"),
            ("<slug:public_id>/free/", person.free, "comments_free"),
            ("<slug:public_id>/address/", person.address, "comments_address"),
            ("<slug:public_id>/export/", person.export, "comments_export"),
            ("<slug:public_id>/erase/", person.erase, "comments_erase"),
        ]
        return [path(route, self.admin_site.admin_view(view), name=name) for route, view, name in pages]


@admin.register(BlockRule)
class BlockRuleAdmin(admin.ModelAdmin):
    """What moderators want flagged or dropped. A person or a network is a keyed hash, which nobody sees: one is named as
    the comment shows it that the rule was made about.
    """

    form = RuleForm
    adds = _("Add a rule")
    list_name = _("Blocklist")
    list_display = ("rule", "about", "action", "so_far", "note", "made_by", "created_at")
    list_filter = ("kind", "action")
    list_select_related = ("created_by", "comment")
    search_fields = ("note__holds", "comment__user_name__holds")
    search_help_text = _("In the notes and names")
    show_full_result_count = False
    ordering = ("kind", "value", "pk")

    def changelist_view(self, request, extra_context=None):
        """The last of the moderators' lists, with the ways to the others for whoever may go there."""
        context = {"title": self.list_name}
        if ways.may_read(request.user):
            counts = count_by_list()
            request.comments_waiting = counts["waiting"]
            context["tabs"] = views.tabs_of(counts, None, {}, reverse(ways.LIST))
        return super().changelist_view(request, context)

    def lookup_allowed(self, lookup, value, request):
        return lookup in ("kind__exact", "action__exact")

    def get_queryset(self, request):
        """Rules on domains and ranges tell who writes from there: they are for those who may see addresses."""
        rows, kind = super().get_queryset(request), BlockRule.Kind
        if request.user.has_perm("comments.view_contact"):
            return rows
        return rows.exclude(kind=kind.DOMAIN).exclude(kind=kind.NETWORK, value__contains="/")

    @admin.display(description=_("rule"))
    def rule(self, row):
        if not row.is_hidden:
            return str(row)
        return row.titled(row.comment.user_name if row.comment and row.comment.user_name else _("no longer kept"))

    @admin.display(description=_("comment"))
    def about(self, row):
        if not (row.comment and row.comment.comment):
            return ""
        address = reverse("admin:comments_case", args=[row.comment.public_id])
        words = _("comment of %(day)s") % {
            "day": date_format(timezone.localtime(row.comment.submit_date), "DATE_FORMAT")
        }
        return format_html('<a href="{}">{}</a>', address, words)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return super().change_view(request, object_id, form_url, self._named(request, object_id, extra_context))

    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(request, object_id, self._named(request, object_id, extra_context))

    def _named(self, request, key, context):
        """Call the rule in its heading what the list calls it."""
        row = self.get_object(request, unquote(key))
        return {**(context or {}), "subtitle": self.rule(row)} if row else context

    def get_deleted_objects(self, rows, request):
        """Nothing hangs on a rule: what goes is the rules, as the list calls them."""
        return [self.rule(row) for row in rows], {}, set(), []

    @admin.display(description=_("dropped so far"), ordering="dropped")
    def so_far(self, row):
        if not row.dropped:
            return ""
        day = date_format(row.dropped_on, "DATE_FORMAT")
        return _("%(count)s, last on %(day)s") % {"count": number_format(row.dropped, force_grouping=True), "day": day}

    @admin.display(description=_("added by"), ordering="created_by")
    def made_by(self, row):
        return who(row.created_by)

    def get_fields(self, request, row=None):
        """What concerns people keeps what it is on; what may drop a whole network asks for a word more."""
        hashed = bool(row) and row.kind in row.HASHED
        kind = row.kind if hashed else request.POST.get("kind")
        sure = ("sure",) if kind == BlockRule.Kind.NETWORK else ()
        what = ("rule", "about") if hashed else ("kind", "value")
        return (*what, "action", *sure, "note", *(("so_far",) if row and row.dropped else ()))

    def get_readonly_fields(self, request, row=None):
        return ("rule", "about", "so_far") if row and row.kind in row.HASHED else ("so_far",)

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change, **options)
        form.may_see_addresses = request.user.has_perm("comments.view_contact")
        return form

    def save_model(self, request, row, form, change):
        if not change:
            row.created_by = request.user
        row.batch = None  # taking back the block would take back this as well
        super().save_model(request, row, form, change)
        note_rule(row, request.user, ModerationEvent.Action.REWORD if change else ModerationEvent.Action.RULED)

    def delete_model(self, request, row):
        note_rule(row, request.user, ModerationEvent.Action.LIFT)
        super().delete_model(request, row)

    def delete_queryset(self, request, rows):
        for row in rows:
            note_rule(row, request.user, ModerationEvent.Action.LIFT)
        super().delete_queryset(request, rows)
