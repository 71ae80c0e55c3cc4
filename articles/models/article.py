"""The article, and the questions the site asks about articles."""

import math
import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles import body, search
from articles.models.address import KeepsAddress
from articles.models.discussion import TakesComments
from articles.models.photo import LEAST_SHARED, ShowsPhotos
from articles.models.sharing import Shared
from articles.models.tag import TaggedArticle
from articles.publication import Published, PublishedQuerySet
from articles.slugs import check_slug, free_slug
from articles.translations import Translatable
from newsroom.cache import depends_on
from newsroom.html import CleanHTMLField
from newsroom.jobs import job
from newsroom.typography import typeset

MAX_KEY_POINTS = 7
WORDS_PER_MINUTE = 220
OUT_OF_BIN = models.Q(binned_at__isnull=True)
# What jobs and decisions on comments write by themselves: who saves an article read before that takes nothing of it back.
NOT_TYPED = {"related", "related_at", "comment_count", "card"}


def check_key_points(points):
    """Refuse what is not a list of 0 to 7 sentences of at most 240 signs."""
    if not isinstance(points, list) or len(points) > MAX_KEY_POINTS:
        raise ValidationError(_("At most %(count)s key points."), params={"count": MAX_KEY_POINTS})
    if not all(isinstance(point, str) and 0 < len(point) <= 240 for point in points):
        raise ValidationError(_("A key point is one sentence of at most 240 signs."))


def ends_of(year, month=None):
    """Return the first moment of a year, or of a month of it, by the site's clock, and the first one after it."""
    last = month or 12
    first_day, day_after = (year, month or 1, 1), (year + last // 12, last % 12 + 1, 1)
    return [datetime(*day, tzinfo=timezone.get_current_timezone()) for day in (first_day, day_after)]


class ArticleQuerySet(PublishedQuerySet):
    def drafts(self):
        return super().drafts().out_of_bin()

    def in_bin(self):
        return self.filter(binned_at__isnull=False)

    def out_of_bin(self):
        return self.filter(OUT_OF_BIN)

    def make_room_for(self, thing):
        """Have what is in the bin give up the address that an article or a page takes, and its place among translations."""
        here, wanted = self.filter(language=thing.language), models.Q(slug=thing.slug) | models.Q(group=thing.group)
        for binned in here.in_bin().filter(wanted):
            if binned == thing:
                continue
            if binned.slug == thing.slug:
                binned.slug = free_slug(binned.slug, lambda slug: here.filter(slug=slug).exists(), "article")
            if binned.group == thing.group:
                binned.group = uuid.uuid4()
            binned.save(update_fields=["slug", "group"])

    def edition(self, language):
        return self.filter(language=language)

    def within(self, year, month=None):
        """Those of a year, or of a month of it, by the site's clock: a range, which an index finds."""
        if not 1000 <= year <= 9998 or (month is not None and not 1 <= month <= 12):
            return self.none()
        start, end = ends_of(year, month)
        return self.filter(published_at__gte=start, published_at__lt=end)

    def with_newer_originals(self):
        """Translations whose original was saved again since they were made from it, whatever was changed there."""
        later = models.Q(translated_from__article__version__gt=models.F("translated_from__version"))
        # The few translations first, found by an index: else every revision of every article is read.
        translations = self.model.objects.filter(translated_from__isnull=False).order_by().values("pk")
        later &= models.Q(binned_at__isnull=True, translated_from__article__binned_at__isnull=True)
        return self.filter(later, pk__in=translations).select_related("translated_from__article")

    def leading(self):
        """Those chosen to stand first on the front page: first the one chosen last, or published as such since."""
        since = Greatest("leads_since", "published_at")
        # By themselves, as a subquery: else SQLite looks for these few among all that are published.
        chosen = self.model.objects.filter(leads_since__isnull=False).order_by().values("pk")
        return self.filter(pk__in=chosen).order_by(since.desc(), "-pk")

    def take_off(self):
        """Let none of them stand first on the front page any more; the pages that show it are purged by the one that now does."""
        return self.filter(leads_since__isnull=False).update(leads_since=None)

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def for_page(self):
        """With all that an article's own page draws."""
        return (
            self.select_related("author__portrait", "photo", "dossier_entry__dossier", "translated_from")
            .defer("translated_from__content")
            .with_tags()
            .prefetch_related("author__links", "author__works")
        )

    def as_siblings(self):
        """With what another language's page says of them: where they are, and from what they were translated."""
        return self.select_related("translated_from").defer("body", "translated_from__content")

    def for_drawn_cards(self):
        """Those that are shared with a drawn card, as `draw_card` decides one by one."""
        across, down = LEAST_SHARED
        small = models.Q(photo__width__lt=across) | models.Q(photo__height__lt=down)
        return (
            self.filter(models.Q(photo=None) | small, published_at__isnull=False).select_related("photo").defer("body")
        )

    def for_cards(self):
        """Newest first, with all that a card draws and not the body."""
        return self.select_related("photo").with_tags().defer("body").newest_first()

    def with_tags(self):
        """With the tags in their order, which taggit's own prefetch does not keep."""
        return self.prefetch_related(models.Prefetch("tagged", TaggedArticle.objects.select_related("tag")))


class Article(Published, TakesComments, Shared, ShowsPhotos, KeepsAddress, Translatable):
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=100, validators=[check_slug])
    standfirst = models.TextField(_("standfirst"), max_length=500, blank=True)
    key_points = models.JSONField(_("key points"), default=list, blank=True, validators=[check_key_points])
    body = CleanHTMLField(_("text"), policy=body.POLICY, blank=True)
    photo = models.ForeignKey(
        "articles.Photo", models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("featured photo")
    )
    tags = TaggableManager(
        _("tags"), through=TaggedArticle, blank=True, help_text=_("The first one stands above the title.")
    )
    author = models.ForeignKey("articles.Author", models.PROTECT, related_name="articles", verbose_name=_("author"))

    translated_from = models.ForeignKey(
        "articles.Revision", models.SET_NULL, null=True, blank=True, editable=False, related_name="translations"
    )

    published_at = models.DateTimeField(
        _("publication"), null=True, blank=True, help_text=_("Empty: draft. In the future: scheduled.")
    )
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The date under which readers knew it when it was taken back; empty until then.
    last_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    revised_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Since when it is in the bin (articles/binned.py); what is there has no date of publication.
    binned_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What readers were told that was put right, the first one first: [{"at": moment, "text": sentence}].
    corrections = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), editable=False)
    # When it was chosen to stand first on the front page until it is taken off; empty for all but one or two.
    leads_since = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    modified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    support_call = models.BooleanField(_("show the support call"), default=True)
    # Keys of what to read next, best first, and when that was worked out (articles/related.py); empty until then.
    related = models.JSONField(null=True, editable=False)
    related_at = models.DateTimeField(null=True, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta(Translatable.Meta):
        verbose_name, verbose_name_plural = _("article"), _("articles")
        ordering = ["-published_at", "-pk"]
        indexes = [
            # The last one saves the sitemap's index from reading every row.
            models.Index(fields=["language", "-published_at", "-id", "modified_at"], name="article_newest"),
            models.Index(fields=["author", "-published_at"], name="article_by_author"),
            # The desk's: drafts, scheduled and published; and all, of a language, of an author, the last changed first.
            models.Index(fields=["published_at", "-modified_at", "-id"], name="article_by_state"),
            models.Index(fields=["-modified_at", "-id"], condition=OUT_OF_BIN, name="article_by_change"),
            models.Index(fields=["language", "-modified_at", "-id"], condition=OUT_OF_BIN, name="article_of_language"),
            models.Index(fields=["author", "-modified_at", "-id"], condition=OUT_OF_BIN, name="article_of_author"),
            models.Index(fields=["binned_at"], condition=models.Q(binned_at__isnull=False), name="article_binned"),
            models.Index(fields=["language"], condition=models.Q(leads_since__isnull=False), name="article_leading"),
        ]
        constraints = [
            *Translatable.Meta.constraints,
            models.CheckConstraint(
                condition=OUT_OF_BIN | models.Q(published_at__isnull=True),
                name="readers_see_nothing_binned",
            ),
        ]

    def __str__(self):
        return typeset(self.title, self.language) or gettext("Without a title")

    def save(self, *args, **options):
        """Keep the count of words, the moment of first publication for ever, and what others wrote here meanwhile."""
        self.word_count = body.count_words(self.body)
        if self.published_at and (not self.first_published_at or self.first_published_at > timezone.now()):
            self.first_published_at = self.published_at
        if not self.published_at and self.first_published_at and self.first_published_at > timezone.now():
            self.first_published_at = None
        whole = options.get("update_fields") is None
        if not whole:
            options["update_fields"] = {*options["update_fields"], "word_count", "first_published_at"}
        elif not self._state.adding:
            options["update_fields"] = {field.name for field in self._meta.fields if not field.primary_key} - NOT_TYPED
        with transaction.atomic():
            super().save(*args, **options)
            if whole or options["update_fields"] & search.READ:
                search.index(self)
            if whole:
                self._relate()
                if self.published_at and not self._photo_is_shared:
                    draw_card.enqueue(self.pk)

    def validate_constraints(self, exclude=None):
        """Say nothing of an address that is taken: what is in the bin makes room for it, and the form knows of the rest."""
        super().validate_constraints({*(exclude or ()), "slug"})

    def _relate(self):
        from articles.related import relate_around  # knows this model

        relate_around.enqueue(self.pk)

    def get_absolute_url(self):
        with self.in_language():
            return reverse("article", args=[self.slug])

    @property
    def told_corrections(self):
        """What readers were told that was put right, in order, as {"at": moment, "text": sentence}."""
        return [one | {"at": datetime.fromisoformat(one["at"])} for one in self.corrections]

    def siblings(self):
        return super().siblings().out_of_bin()

    def take_back(self):
        """Make it a draft, which keeps the date that readers knew; the caller saves it."""
        if self.is_published:
            self.last_published_at = self.published_at
        self.published_at = None

    @property
    def own_date(self):
        """The date that a draft had when readers could see it, None when they never could."""
        date = self.last_published_at or self.first_published_at
        return date if not self.published_at and date and date <= timezone.now() else None

    @property
    def was_public(self):
        first = self.first_published_at
        return self.is_published or (first is not None and first <= timezone.now())

    @property
    def reading_minutes(self):
        """Whole minutes at 220 words a minute, at least one."""
        return max(1, math.ceil(self.word_count / WORDS_PER_MINUTE))

    def read_next(self, count):
        """Return the keys of the published articles to read next, at most `count`, best first."""
        keys = self.related or []
        depends_on(f"related:{self.pk}", *(f"article:{key}" for key in keys))
        found = set(Article.objects.published().filter(pk__in=keys).values_list("pk", flat=True)) if keys else ()
        return [key for key in keys if key in found][:count]

    @property
    def ordered_tags(self):
        """The tags as the author ordered them."""
        return [tagged.tag for tagged in self.tagged.all()]

    @property
    def kicker(self):
        """The first tag, or None."""
        return next(iter(self.ordered_tags), None)


@job(_("Draw the sharing image of an article"), once=True)
def draw_card(article_id):
    """Draw what is shared of an article, if it still exists."""
    if article := Article.objects.filter(pk=article_id).first():
        article.draw_card()
