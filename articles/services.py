"""The services by which readers support, follow and write, and what their addresses look like. Knows no model."""

import re

from django.db import models

from newsroom.borrowed_words import gettext_lazy as _


class Service(models.TextChoices):
    PATREON = "patreon", "Patreon"
    BUYMEACOFFEE = "buymeacoffee", "Buy Me a Coffee"
    LIBERAPAY = "liberapay", "Liberapay"
    KOFI = "kofi", "Ko-fi"
    TIPEEE = "tipeee", "Tipeee"
    PAYPAL = "paypal", "PayPal"
    OPENCOLLECTIVE = "opencollective", "Open Collective"
    GITHUB = "github", "GitHub Sponsors"
    FACEBOOK = "facebook", "Facebook"
    TELEGRAM = "telegram", "Telegram"
    MASTODON = "mastodon", "Mastodon"
    BLUESKY = "bluesky", "Bluesky"
    YOUTUBE = "youtube", "YouTube"
    RSS = "rss", "RSS"
    EMAIL = "email", _("E-mail")
    OTHER = "other", _("Other")


# The hosts at which each service's addresses live; a service that is not here may live anywhere.
HOSTS = {
    Service.PATREON: ("patreon.com",),
    Service.BUYMEACOFFEE: ("buymeacoffee.com", "coff.ee"),
    Service.LIBERAPAY: ("liberapay.com",),
    Service.KOFI: ("ko-fi.com",),
    Service.TIPEEE: ("tipeee.com",),
    Service.PAYPAL: ("paypal.com", "paypal.me"),
    Service.OPENCOLLECTIVE: ("opencollective.com",),
    Service.GITHUB: ("github.com",),
    Service.FACEBOOK: ("facebook.com",),
    Service.TELEGRAM: ("t.me", "telegram.me"),
    Service.BLUESKY: ("bsky.app",),
    Service.YOUTUBE: ("youtube.com",),
}


BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#].*)?")  # an address as one says it: patreon.com/x


def completed(url, service=None):
    """Return an address with what is left out when one says it, and by HTTPS where the service is known to have that."""
    url = url.strip()
    if service == Service.EMAIL:
        return f"mailto:{url}" if re.fullmatch(r"[^\s:@]+@[^\s:@]+", url) else url
    if BARE.fullmatch(url):
        return f"https://{url}"
    return re.sub("^http://", "https://", url, flags=re.IGNORECASE) if service in HOSTS else url
