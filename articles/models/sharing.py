"""What search engines and other sites show beside a link to an article: words for them, and a picture."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles import cards
from newsroom.cache import purge, tag_of
from newsroom.models import SiteIdentity


class Shared(models.Model):
    """A model with a title, a standfirst, a photo and a language. `card` is the picture drawn where the photo is none to share."""

    seo_title = models.CharField(_("title for search engines"), max_length=120, blank=True)
    seo_description = models.TextField(_("description for search engines"), max_length=320, blank=True)
    card = models.CharField(max_length=60, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def _photo_is_shared(self):
        return bool(self.photo_id) and self.photo.may_be_shared

    @property
    def sharing_picture(self):
        """Return {url, width, height, type, alt} of what other sites show beside a link here; None while there is none."""
        if self._photo_is_shared:
            return self.photo.sharing_picture
        if self.card:
            size = {"width": cards.WIDTH, "height": cards.HEIGHT, "type": "image/png"}
            return size | {"url": default_storage.url(self.card), "alt": self.title}
        return None

    def draw_card(self):
        """Make the picture for sharing of an article without a photo that could be, unless it is there already.

        When our type lacks a letter of the title there is none, and none of an older title: the site's card is shown.
        """
        site = SiteIdentity.load()
        words = self.title, self.language, site.name, site.accent_hue
        name = cards.name_of(*words)
        if self.card == name or self._photo_is_shared:
            return
        if data := cards.draw(*words):
            default_storage.delete(name)  # what another article of this title, or a crash, left there
            default_storage.save(name, ContentFile(data))
        elif not self.card:
            return
        type(self).objects.filter(pk=self.pk).update(card=name if data else "")
        purge(tag_of(self))

    @property
    def meta_title(self):
        return self.seo_title or self.title

    @property
    def meta_description(self):
        return self.seo_description or self.standfirst
