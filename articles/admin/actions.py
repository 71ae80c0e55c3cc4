"""What is done to several articles at once, from their list."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import copies, lint, revisions
from articles.photos import photos_of

MOST_COPIES = 20


class ArticleActions(admin.ModelAdmin):
    """The actions of the list of articles."""

    actions = ("unpublish", "publish_again", "publish_today", "duplicate")

    @admin.action(description=_("Unpublish: make the chosen articles drafts"), permissions=["change"])
    def unpublish(self, request, queryset):
        def take_back(article):
            article.take_back()

        if self.save_each(request, queryset.filter(published_at__isnull=False), take_back):
            self.message_user(request, _("The chosen articles are drafts now."), messages.SUCCESS)

    @admin.action(
        description=_("Publish: each at the date it had, those never published at today’s"), permissions=["change"]
    )
    def publish_again(self, request, queryset):
        self._publish(request, queryset, lambda article: article.own_date or timezone.now())

    @admin.action(description=_("Publish at today’s date"), permissions=["change"])
    def publish_today(self, request, queryset):
        self._publish(request, queryset, lambda article: timezone.now())

    def _publish(self, request, queryset, date_of):
        """Publish the drafts among what was chosen; what may not be published stays as it is, and says why."""

        def publish(article):
            article.published_at = date_of(article)
            if found := refusals(article):
                raise revisions.RefusedError(found)

        if self.save_each(request, queryset.drafts(), publish):
            self.message_user(request, _("The chosen articles are published."), messages.SUCCESS)

    def save_each(self, request, articles, change):
        """Change and save articles one by one; say which could not be, and tell whether all were."""
        refused = 0
        for article in articles:
            try:
                change(article)
                revisions.save(article, [tag.name for tag in article.ordered_tags], request.user, article.version)
                continue
            except revisions.StaleError:
                text = _("“%(title)s” is as it was: somebody has just saved it.") % {"title": article}
            except revisions.RefusedError as error:
                text = _("“%(title)s” is not published: %(why)s") % {"title": article, "why": error}
            refused += 1
            self.message_user(request, text, messages.ERROR)
        return not refused

    @admin.action(description=_("Duplicate: begin drafts that say the same"), permissions=["add"])
    def duplicate(self, request, queryset):
        chosen = queryset.order_by("modified_at")[: MOST_COPIES + 1]
        if len(chosen) > MOST_COPIES:
            text = _("At most %(count)s articles are duplicated at once.") % {"count": MOST_COPIES}
            self.message_user(request, text, messages.ERROR)
            return
        for article in chosen:
            copies.duplicate(article, request.user)
        self.message_user(request, _("The copies are drafts, and stand here first."), messages.SUCCESS)


def refusals(article):
    """Return what forbids the publication of an article as it is saved, or would be asked on its sheet."""
    names = [tag.name for tag in article.ordered_tags]
    source = article.translated_from
    found = lint.check(article, names, photos_of(article.body), original=source.content if source else {})
    return [*lint.stops(found), *lint.asks(found)]
