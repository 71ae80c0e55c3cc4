"""The bin at the desk: the way there, its list, and what its articles answer meanwhile."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from articles import binned, preview
from articles.admin.asked import ask_of_one
from articles.admin.states import BIN, when_in_list
from articles.models import Article

# The columns of the list of what was deleted.
IN_BIN = ("picture", "headline", "known", "language", "leaves")


def in_bin(request):
    """Tell whether the list that is asked for shows the bin."""
    return request.GET.get("state") == BIN


def said_of_bin():
    """Return what is said of articles that were just put into the bin, and the way there."""
    url = f"{reverse('admin:articles_article_changelist')}?state={BIN}"
    text = _("In the bin for %(days)s days: readers find it no more, and it can be restored.") % {"days": binned.DAYS}
    return format_html('{} <a href="{}">{}</a>', text, url, _("Open the bin"))


class BinAdmin(admin.ModelAdmin):
    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/bin/", wrap(self.put_into_bin_one), name="articles_article_bin"),
            path("<int:pk>/read/", wrap(self.read), name="articles_article_read"),
            path("<int:pk>/restore/", wrap(self.restore_one), name="articles_article_restore"),
        ]
        return own + super().get_urls()

    def get_list_display(self, request):
        if not in_bin(request):
            return self.list_display
        return (*IN_BIN, "back") if self.has_change_permission(request) else IN_BIN

    def get_list_display_links(self, request, list_display):
        return None if in_bin(request) else self.list_display_links

    @admin.display(description=_("published on"), empty_value="–")
    def known(self, article):
        return when_in_list(article.own_date) if article.own_date else None

    @admin.display(description=_("deleted for ever"), ordering="binned_at")
    def leaves(self, article):
        return when_in_list(binned.leaves_at(article))

    @admin.display(description=_("restore"))
    def back(self, article):
        """Draw the button that restores one article; the list's own form sends it."""
        url = reverse("admin:articles_article_restore", args=[article.pk])
        return format_html(
            '<button class="button button--quiet" formaction="{}">{}<span class="visually-hidden"> – {}</span></button>',
            url, _("Restore as a draft"), article,
        )  # fmt: skip

    @method_decorator(require_safe)
    def read(self, request, pk):
        """Show an article that is in the bin as its readers saw it, or would have."""
        article = get_object_or_404(Article.objects.in_bin(), pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return preview.draw_saved(request, get_object_or_404(article.revisions.all()[:1]))

    @method_decorator(require_POST)
    def restore_one(self, request, pk):
        """Take an article out of the bin as a draft, or as it was, and open its sheet."""
        article = get_object_or_404(Article.objects.in_bin(), pk=pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if "as_it_was" in request.POST:
            self.restore_as_it_was(request, Article.objects.filter(pk=pk))
            return redirect("admin:articles_article_change", pk)
        if not self.do_each(request, [article], lambda one: binned.restore(one, request.user)):
            return redirect(f"{reverse('admin:articles_article_changelist')}?state={BIN}")
        self.message_user(request, _("Out of the bin, as a draft."), messages.SUCCESS)
        return redirect("admin:articles_article_change", pk)

    @method_decorator(require_POST)
    def put_into_bin_one(self, request, pk):
        """Put an article into the bin, and go back to the list."""
        article = get_object_or_404(Article.objects.out_of_bin(), pk=pk)
        if not self.has_delete_permission(request, article):
            raise PermissionDenied
        if article.is_published and "sure" not in request.POST:
            lost = _(
                "Readers will find it no more, from this moment on. In the bin it waits for 30 days, and can be restored."
            )
            return ask_of_one(request, self, article, _("Put it into the bin"), lost)
        if self.do_each(request, [article], lambda one: binned.put(one, request.user)):
            # The form of the list sends it: it has the token that a form needs.
            undo = (
                '{} <button class="plain" form="changelist-form" formaction="{}" name="as_it_was" value="1">{}</button>'
            )
            url = reverse("admin:articles_article_restore", args=[article.pk])
            self.message_user(request, format_html(undo, said_of_bin(), url, _("Undo")), messages.SUCCESS)
        return redirect("admin:articles_article_changelist")

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Lead from the sheet of what is in the bin there, and to the sheet of what cannot be deleted yet."""
        found = Article.objects.filter(pk=object_id).first() if object_id.isdecimal() and len(object_id) < 19 else None
        if not found:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        if found.binned_at:
            text = _("“%(title)s” is in the bin: restore it first.") % {"title": found}
            self.message_user(request, text, messages.WARNING)
            return redirect(f"{reverse('admin:articles_article_changelist')}?state={BIN}")
        text = _("Only what is in the bin can be deleted for ever.")
        self.message_user(request, text, messages.WARNING)
        return redirect("admin:articles_article_change", found.pk)
