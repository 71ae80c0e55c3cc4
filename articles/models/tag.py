"""Tags, per language, each with its own page; some of them are the topics of the navigation."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from articles.models.address import FormerAddress, KeepsAddress
from articles.publication import published
from articles.slugs import free_slug, slug_from
from articles.translations import Translatable
from newsroom.folding import alphabetical, fold


class TagQuerySet(models.QuerySet):
    def topics(self, language):
        """The tags that one edition's navigation shows, in its order."""
        return self.filter(language=language, nav_position__isnull=False).order_by("nav_position", alphabetical("name"))

    def in_use(self):
        """Those that a published article has."""
        tagged = TaggedArticle.objects.filter(tag=models.OuterRef("pk"))
        return self.filter(models.Exists(tagged.filter(published("content_object__"))))

    def get_by_natural_key(self, language, name):
        return self.get(language=language, name=name)

    @transaction.atomic
    def merge(self, kept, others):
        """Put `kept` where the others were, in their place among an article's tags, and delete the others."""
        for tagged in TaggedArticle.objects.filter(tag__in=others):
            if TaggedArticle.objects.filter(content_object=tagged.content_object_id, tag=kept).exists():
                tagged.delete()
            else:
                tagged.tag = kept
                tagged.save(update_fields=["tag"])
        gone = [tag.pk for tag in others]
        self.filter(pk__in=gone).delete()
        FormerAddress.objects.filter(model=self.model._meta.model_name, row__in=gone).update(row=kept.pk)

    def spelt(self, names, language):
        """Return names as the tags of a language have them, whatever their capitals and accents; a new one as it is."""
        known = list(self.filter(language=language).order_by("pk").values_list("name", flat=True)) if names else []
        exact = {name.casefold(): name for name in reversed(known)}
        alike = {fold(name): name for name in reversed(known)}
        found = (exact.get(name.casefold()) or alike.get(fold(name)) or name for name in names)
        return list(dict.fromkeys(found))

    def named(self, name, language):
        """Make a tag of that name, with an address that is free in its language."""
        taken = set(self.filter(language=language).values_list("slug", flat=True))
        return self.create(name=name, language=language, slug=free_slug(name, taken.__contains__, "tag", 90))


class Tag(KeepsAddress, Translatable, TagBase):
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("address"), max_length=100)
    description = models.TextField(
        _("description"), max_length=400, blank=True, help_text=_("It stands on the tag's page.")
    )
    nav_position = models.PositiveSmallIntegerField(
        _("place in the navigation"), null=True, blank=True, help_text=_("Empty: not in the navigation.")
    )

    natural_key_fields = ["language", "name"]
    objects = TagQuerySet.as_manager()

    class Meta(Translatable.Meta):
        verbose_name, verbose_name_plural = _("tag"), _("tags")
        ordering = ["name"]
        constraints = [
            *Translatable.Meta.constraints,
            models.UniqueConstraint(
                "language",
                models.functions.Lower("name"),
                name="tag_name_per_language",
                violation_error_message=_("This tag exists already in this language."),
            ),
        ]

    def clean(self):
        """Refuse another spelling of the same name; SQLite's lower() knows A to Z only."""
        super().clean()
        others = type(self).objects.filter(language=self.language).exclude(pk=self.pk).values_list("name", flat=True)
        if self.name and self.name.casefold() in (name.casefold() for name in others):
            raise ValidationError({"name": _("This tag exists already in this language.")})

    def get_absolute_url(self):
        with self.in_language():
            return reverse("tag", args=[self.slug])

    def slugify(self, tag, i=None):
        """Give an ASCII slug: « L’énergie » becomes lenergie, as in WordPress."""
        return slug_from(tag, 90) + (f"-{i + 1}" if i else "")


class TaggedArticle(ItemBase):
    """An article's tags stand in the order in which they were given: the first one is its kicker."""

    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tagged")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged")

    class Meta:
        verbose_name, verbose_name_plural = _("tag of an article"), _("tags of articles")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="tagged_once")]
