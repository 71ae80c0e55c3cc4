"""What is done to several articles at once, from their list."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles import binned, copies, lint, revisions
from articles.admin.asked import TagsToAdd, asks_first
from articles.admin.bin import in_bin, said_of_bin
from articles.models import Tag
from articles.photos import photos_of

MOST_COPIES = 20


ELSEWHERE = ("unpublish", "publish_again", "publish_today", "add_tags", "duplicate", "put_into_bin")
IN_BIN = ("restore_as_it_was", "restore_as_drafts")


def refusals(article):
    """Return what forbids the publication of an article as it is saved, or would be asked on its sheet."""
    names = [tag.name for tag in article.ordered_tags]
    source = article.translated_from
    found = lint.check(article, names, photos_of(article.body), original=source.content if source else {})
    return [*lint.stops(found), *lint.asks(found)]


class ArticleActions(admin.ModelAdmin):
    """The actions of the list of articles."""

    actions = (*ELSEWHERE, *IN_BIN)

    def get_actions(self, request):
        """Offer for ever only what is in the bin, and of that nothing else."""
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            do, name, _words = actions["delete_selected"]
            actions["delete_selected"] = (do, name, _("Delete for ever"))
        here = (*IN_BIN, "delete_selected") if in_bin(request) else ELSEWHERE
        return {name: actions[name] for name in here if name in actions}

    @admin.action(description=_("Unpublish: make the chosen articles drafts"), permissions=["change"])
    @asks_first(lambda chosen: chosen.filter(published_at__isnull=False))
    def unpublish(self, request, queryset):
        def take_back(article):
            article.take_back()

        count = self.save_each(request, queryset, take_back)
        self.say_done(
            request, ngettext("%(count)s article is a draft now.", "%(count)s articles are drafts now.", count), count
        )

    @admin.action(
        description=_("Publish: each at the date it had, those never published at today’s"), permissions=["change"]
    )
    @asks_first(lambda chosen: chosen.drafts(), why_not=refusals)
    def publish_again(self, request, queryset):
        self._publish(request, queryset, lambda article: article.own_date or timezone.now())

    @admin.action(description=_("Publish at today’s date"), permissions=["change"])
    @asks_first(lambda chosen: chosen.drafts(), why_not=refusals)
    def publish_today(self, request, queryset):
        self._publish(request, queryset, lambda article: timezone.now())

    def _publish(self, request, queryset, date_of):
        """Publish drafts; what may not be published stays as it is, and says why."""

        def publish(article):
            article.published_at = date_of(article)
            if found := refusals(article):
                raise revisions.RefusedError(found)

        count = self.save_each(request, queryset, publish)
        self.say_done(
            request, ngettext("%(count)s article is published.", "%(count)s articles are published.", count), count
        )

    @admin.action(description=_("Add tags"), permissions=["change"])
    @asks_first(lambda chosen: chosen, form=TagsToAdd)
    def add_tags(self, request, queryset, tags):
        """Give articles these tags beside their own, after them."""
        count = changing = 0
        for article in queryset:
            own = [tag.name for tag in article.ordered_tags]
            names = list(dict.fromkeys([*own, *Tag.objects.spelt(tags, article.language)]))
            if names != own:
                changing += 1
                count += self.do_each(
                    request, [article], lambda one, names=names: revisions.save(one, names, request.user, one.version)
                )
        text = ngettext("%(count)s article has new tags.", "%(count)s articles have new tags.", count)
        self.say_done(request, text, count)
        if not changing:
            self.message_user(request, _("There is nothing to change in what you chose."), messages.WARNING)

    @admin.action(description=_("Delete: put into the bin"), permissions=["delete"])
    @asks_first(lambda chosen: chosen.out_of_bin())
    def put_into_bin(self, request, queryset):
        def put(article):
            binned.put(article, request.user)

        if self.do_each(request, queryset, put):
            self.message_user(request, said_of_bin(), messages.SUCCESS)

    @admin.action(description=_("Restore as it was: what was public or scheduled is again"), permissions=["change"])
    def restore_as_it_was(self, request, queryset):
        self._restore(request, queryset, as_it_was=True)

    @admin.action(description=_("Restore as drafts"), permissions=["change"])
    def restore_as_drafts(self, request, queryset):
        self._restore(request, queryset, as_it_was=False)

    def _restore(self, request, queryset, as_it_was):
        def restore(article):
            forbidden = binned.date_before(article) and as_it_was and lint.stops(refusals(article))
            binned.restore(article, request.user, as_it_was and not forbidden)
            if forbidden:
                text = _("“%(title)s” is out of the bin, as a draft: %(why)s")
                self.message_user(request, text % {"title": article, "why": forbidden[0].message}, messages.WARNING)

        if self.do_each(request, queryset.in_bin(), restore):
            self.message_user(request, _("The chosen articles are out of the bin."), messages.SUCCESS)

    def say_done(self, request, text, count):
        if count:
            self.message_user(request, text % {"count": count}, messages.SUCCESS)

    def save_each(self, request, articles, change):
        """Change and save articles one by one; say which could not be, and return how many were."""

        def change_and_save(article):
            change(article)
            revisions.save(article, [tag.name for tag in article.ordered_tags], request.user, article.version)

        return self.do_each(request, articles, change_and_save)

    def do_each(self, request, articles, do):
        """Do something to articles one by one; say with which it could not be done, and return with how many it was."""
        done = 0
        for article in articles:
            try:
                do(article)
                done += 1
                continue
            except revisions.StaleError:
                text = _("“%(title)s” is as it was: somebody has just saved it.") % {"title": article}
            except revisions.RefusedError as error:
                text = _("“%(title)s” is not published: %(why)s") % {"title": article, "why": error}
            self.message_user(request, text, messages.ERROR)
        return done

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
