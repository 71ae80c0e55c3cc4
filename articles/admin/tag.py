"""Tags at the desk: their pages, the topics of the navigation, and two tags made one."""

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from articles.admin import navigation
from articles.admin.editing import ADDRESSES, on_site, position_form
from articles.admin.twins import TwinForm
from articles.models import Tag, TaggedArticle
from newsroom.desk import Way
from newsroom.folding import alphabetical


class TagForm(TwinForm):
    class Meta:
        model = Tag
        fields = ("language", "name", "slug", "description", "nav_position")


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    form = TagForm
    list_display = ("called", "language", "slug", "nav_position", "used")
    ordering = (alphabetical("name"), "pk")
    list_filter = ("language",)
    list_editable = ("nav_position",)
    search_fields = ("name__holds", "description__holds")
    fields = ("language", "name", "slug", "description", "nav_position", "translation_of")
    formfield_overrides = ADDRESSES
    prepopulated_fields = {"slug": ("name",)}
    actions = ("merge",)
    view_on_site = on_site
    desk_tab = (40, _("Topics"))
    adds = _("Add a topic")
    ways = (Way(_("Navigation"), "admin:articles_navigation"),)

    def get_urls(self):
        return [
            path("navigation/", self.admin_site.admin_view(navigation.page), name="articles_navigation"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        # A number beside each, not a join: whoever only counts the tags counts nothing else.
        tagged = TaggedArticle.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
        number = Subquery(tagged.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).annotate(articles=Coalesce(number, 0))

    def get_changelist_form(self, request, **options):
        return position_form(Tag, "nav_position")

    @admin.display(description=_("name"), ordering=alphabetical("name"))
    def called(self, tag):
        return tag.name

    @admin.display(description=_("articles"), ordering="articles")
    def used(self, tag):
        return tag.articles

    @admin.action(description=_("Merge the chosen tags into one"), permissions=["delete"])
    def merge(self, request, queryset):
        """Ask which one stays; then give its name to all that the others were on, and delete those."""
        tags = list(queryset.order_by("-articles", alphabetical("name")))
        if len(tags) < 2 or len({tag.language for tag in tags}) > 1:
            self.message_user(request, _("Choose two tags or more, of one language."), messages.ERROR)
            return None
        kept = next((tag for tag in tags if str(tag.pk) == request.POST.get("kept")), None)
        if kept:
            Tag.objects.merge(kept, [tag for tag in tags if tag != kept])
            self.message_user(request, _("One tag remains: “%s”.") % kept, messages.SUCCESS)
            return None
        context = {"tags": tags, "title": _("Which one stays?"), "opts": self.opts}
        return render(request, "admin/articles/tag/merge.html", self.admin_site.each_context(request) | context)
