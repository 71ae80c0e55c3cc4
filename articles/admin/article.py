"""Articles at the desk: the sheet one writes on, the list that finds, what one has in hand."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from articles import copies, editions, lint, merging, preview, revisions
from articles.admin import beginning, dead_links, library, once, translations, versions
from articles.admin.actions import ArticleActions
from articles.admin.bin import BinAdmin
from articles.admin.editing import SheetAdmin, taken_in_words
from articles.admin.filters import AuthorFilter, MonthFilter, TagFilter
from articles.admin.kept import typed_and_not_saved
from articles.admin.searching import MOST, KeysFirst, first_with
from articles.admin.states import BIN, ArticleStateFilter, state_column, state_in_words, when, when_in_list
from articles.comparison import differences
from articles.forms import ArticleForm
from articles.models import Article, Author, DossierEntry
from articles.revisions import FIELDS
from newsroom.desk import Row, Section
from newsroom.folding import alphabetical
from newsroom.models import SiteIdentity, User

ORDERS = {
    "published": ("-published_at", "-pk"),
    "scheduled": ("published_at", "pk"),
    BIN: ("-binned_at", "-pk"),
}


@admin.register(Article)
class ArticleAdmin(ArticleActions, BinAdmin, SheetAdmin):
    form = ArticleForm
    draw_typed = staticmethod(preview.draw_typed)
    fields = ArticleForm.Meta.fields
    change_form_template = "admin/articles/article/change_form.html"
    list_display = ("picture", "headline", state_column, "language", "author", "comments_shown", "changed")
    list_display_links = ("headline",)
    list_filter = (ArticleStateFilter, "language", TagFilter, AuthorFilter, MonthFilter)
    search_fields = ("title__holds",)  # for pickers: get_search_results
    search_help_text = _("In the title, the standfirst, the text and the tags")
    list_per_page = 50
    list_select_related = ("author", "photo")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-modified_at", "-pk")
    desk_tab = (10, _("Articles"))
    adds = _("Write an article")

    # The list

    def get_ordering(self, request):
        """Show what has a date by its date: what comes next, what came last; all else by its last change."""
        return ORDERS.get(request.GET.get("state"), self.ordering)

    def get_queryset(self, request):
        """Return the articles of a list, the bin with them, for its filter; those in the bin to be deleted; else the others."""
        queryset, page = super().get_queryset(request), request.resolver_match.url_name
        if page.endswith("changelist"):
            return queryset.defer("body")
        return queryset.in_bin() if page.endswith("delete") else queryset.out_of_bin()

    def get_paginator(self, request, queryset, per_page, *more, **options):
        if queryset.model is not self.model:  # the log of what was done with one of them
            return super().get_paginator(request, queryset, per_page, *more, **options)
        rows = self.model.objects.select_related(*self.list_select_related).defer("body")
        return KeysFirst(queryset, per_page, *more, rows=rows, **options)

    def get_search_results(self, request, queryset, search_term):
        """Return the first articles that articles/admin/searching.py finds, and say so where there are more.

        A picker shows titles and is asked for them, in one language where it names one (static/js/desk-dossier.js).
        """
        if (language := request.GET.get("language")) in settings.EDITIONS:
            queryset = queryset.filter(language=language)
        if not search_term.split() or request.resolver_match.url_name == "autocomplete":
            return super().get_search_results(request, queryset, search_term)
        keys, more = first_with(search_term, queryset)
        if more:
            text = _("More than %(number)s articles are found, of which these are the first: narrow them by a filter.")
            self.message_user(request, text % {"number": MOST}, messages.INFO)
        return queryset.filter(pk__in=keys), False

    @admin.display(description=_("photo"), empty_value="")
    def picture(self, article):
        return library.thumbnail(article.photo)

    @admin.display(description=_("title"), ordering=alphabetical("title"))
    def headline(self, article):
        if article.binned_at:
            return format_html(
                '<a href="{}">{}</a>', reverse("admin:articles_article_read", args=[article.pk]), article
            )
        return str(article)

    @admin.display(description=_("comments"), ordering="comment_count", empty_value="")
    def comments_shown(self, article):
        """As many as readers see. No other readership is counted on this site."""
        return article.comment_count or None

    @admin.display(description=_("changed"), ordering="modified_at")
    def changed(self, article):
        return when_in_list(article.modified_at)

    # The first page

    def desk_sections(self, request):
        yield from typed_and_not_saved(request)
        articles = Article.objects.select_related("photo").defer("body")
        here = reverse("admin:articles_article_changelist")
        drafts = articles.drafts().order_by("-modified_at")[:8]
        scheduled = articles.scheduled().order_by("published_at")[:8]
        published = articles.published().newest_first()[:6]
        leading = articles.published().leading()[:4]
        behind = editions.behind()
        if behind:
            rows = [self._row(article, article.translated_from.article.modified_at) for article in behind]
            yield Section(15, _("Translations behind their originals"), rows)
        if leading:
            rows = [self._row(article, article.published_at) for article in leading]
            yield Section(25, _("At the head of the front page"), rows, f"{here}?state=leading")
        yield Section(
            10, _("To go on with"), [self._row(a, a.modified_at) for a in drafts], f"{here}?state=draft", _("No draft.")
        )
        yield Section(
            20, pgettext_lazy("several articles", "Scheduled"), [self._row(a, a.published_at) for a in scheduled], f"{here}?state=scheduled",
            _("Nothing is scheduled."),
        )  # fmt: skip
        yield Section(
            30, _("Published lately"), [self._row(a, a.published_at) for a in published], f"{here}?state=published",
            _("Nothing has been published yet."),
        )  # fmt: skip

    def _row(self, article, moment):
        url = reverse("admin:articles_article_change", args=[article.pk])
        note = when(moment)
        if article.language != settings.LANGUAGE_CODE:
            note = f"{article.get_language_display()} · {note}"
        return Row(str(article), url, note, library.thumbnail(article.photo))

    # The sheet

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("dead-links/", wrap(dead_links.page), name="articles_article_dead_links"),
            path("card.json", wrap(library.card), name="articles_article_card"),
            path("links.json", wrap(library.links), name="articles_article_links"),
            path("tags.json", wrap(library.tags), name="articles_article_tags"),
            path("<int:pk>/versions/", wrap(versions.page), name="articles_article_versions"),
            path("<int:pk>/duplicate/", wrap(self.duplicate_one), name="articles_article_duplicate"),
            path("<int:pk>/translations/", wrap(translations.page), name="articles_article_translations"),
            path("<int:pk>/versions/<int:version>/", wrap(versions.compare), name="articles_article_version"),
        ]
        return own + super().get_urls()

    def get_changeform_initial_data(self, request):
        """Propose who signs, on a new site nobody before the first save, and how the site takes comments."""
        site = SiteIdentity.load()
        comments = {"comments": site.comments, "comments_days": site.comments_days}
        return {"author": Author.objects.signing(request.user).pk, "base": 0, **comments}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save, or when somebody else was faster by a blink, show what he saved beside what was typed."""
        try:
            return super().changeform_view(request, object_id or once.draft_of(request), form_url, extra_context)
        except (revisions.StaleError, IntegrityError):
            return super().changeform_view(request, object_id or once.draft_of(request), form_url, extra_context)

    def version_of(self, article):
        return str(article.version)

    def save_model(self, request, article, form, change):
        request.idle_date = form.idle_date
        if not article.author_id:
            article.author = Author.objects.signing(request.user)
            article.author.save()
        if change and once.says_the_same(request, article, form):
            return
        if not change:
            article.group = once.group_of(form.cleaned_data["copy"]) or article.group
        if change and "_theirs" in request.POST:
            revisions.set_aside(article, form.snapshot(), request.user, form.version_read)
            return
        if change and form.says_nothing_new:
            request.nothing_new = True
            return
        new = form.new_tags(form.cleaned_data["tags"])
        revisions.save(article, form.cleaned_data["tags"], request.user, form.version_read)
        if new:
            text = _("New, and until now on no article: %(tags)s.") % {"tags": ", ".join(new)}
            self.message_user(request, text, messages.WARNING)
        if "language" in form.changed_data and (left := DossierEntry.objects.let_go(article)):
            text = _("It has left the dossier “%(title)s”, which is in another language.") % {"title": left}
            self.message_user(request, text, messages.WARNING)
        if form.leads_changed and article.leads_since and article.is_published:
            Article.objects.published().edition(article.language).exclude(pk=article.pk).take_off()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if "title" in form.fields:
            if not form.is_bound and "publish_on" in request.GET:
                form.initial["publish_on"] = request.GET["publish_on"]
            context |= self._sheet(request, form, change and obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def render_delete_form(self, request, context):
        return super().render_delete_form(request, context | {"articles": [context["object"]]})

    def _sheet(self, request, form, article):
        """Return what the sheet shows beside the form's fields; `article` is None before its first save."""
        latest = article and article.revisions.first()
        conflict = form.conflict
        findings = form.findings() if article or form.is_bound else []
        findings = lint.worst_first(findings + beginning.findings(request.user, article)) if article else findings
        warnings, refused = lint.warnings(findings), lint.stops(findings) + lint.asks(findings)
        return {
            "stored": form.stored,
            "state_in_words": state_in_words(form.stored),
            "findings": findings,
            "warnings": warnings,
            "ask_before_publishing": article and not refused and (warnings or not article.was_public),
            "versions": article.revisions.count() if article else 0,
            "latest": latest,
            "preview_url": latest and preview.preview_path(latest),
            "translations": translations.elsewhere(form.stored) if article else [],
            "source": translations.source(form.stored),
            "own_date": form.stored.own_date and when(form.stored.own_date),
            "several_write": User.objects.filter(is_active=True, is_staff=True)[1:].exists(),
            "conflict": conflict,
            "conflict_is_own": conflict and conflict.saved_by == request.user,
            "differences": conflict
            and merging.asked(form, differences(conflict.content, form.snapshot(), form.both or FIELDS)),
            "taken": taken_in_words(form),
        }

    @method_decorator(require_POST)
    def duplicate_one(self, request, pk):
        """Begin a draft that says what is saved of this article, and go there."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        copy = copies.duplicate(versions.article_to_change(request, pk), request.user)
        self.message_user(request, _("This is the copy: a draft with an address of its own."), messages.SUCCESS)
        return redirect("admin:articles_article_change", copy.pk)

    def response_saved(self, request, article):
        """Go on with the translation where that was asked for."""
        if (language := request.POST.get("_translate")) in settings.EDITIONS and self.has_add_permission(request):
            article = translations.begin(request, article, language)
        answer = super().response_saved(request, article)
        if request.idle_date:
            text = _("The date that you typed is not used yet: press “Schedule”.")
            self.message_user(request, text, messages.WARNING)
            return redirect(f"{answer.url}?{urlencode({'publish_on': request.idle_date})}")
        return answer
