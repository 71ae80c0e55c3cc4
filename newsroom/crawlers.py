"""Which robots may read the site, and above all which of those that feed artificial intelligence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Crawlers(models.TextChoices):
    ALLOW = "allow", _("All are welcome")
    NO_TRAINING = "no-training", _("Answers may quote the site, but no model may be trained on it")
    NO_AI = "no-ai", _("No artificial intelligence, neither for training nor for answers")


# Names as their operators publish them. These gather text that models learn from; Google-Extended and
# Applebot-Extended are no robots of their own but switches that leave the ordinary search untouched.
TRAINING = (
    "GPTBot", "ClaudeBot", "anthropic-ai", "Google-Extended", "Applebot-Extended", "CCBot", "Bytespider",
    "Meta-ExternalAgent", "FacebookBot", "Amazonbot", "cohere-training-data-crawler", "AI2Bot", "Ai2Bot-Dolma",
    "Diffbot", "Omgilibot", "Webzio-Extended", "ImagesiftBot", "img2dataset", "PanguBot", "Timpibot", "Kangaroo Bot",
    "SBIntuitionsBot",
)  # fmt: skip
# These fetch pages to answer somebody's question.
ANSWERS = (
    "OAI-SearchBot", "ChatGPT-User", "Claude-SearchBot", "Claude-User", "PerplexityBot", "Perplexity-User",
    "MistralAI-User", "DuckAssistBot", "Meta-ExternalFetcher", "Google-CloudVertexBot", "YouBot", "PhindBot",
    "cohere-ai", "Amzn-SearchBot",
)  # fmt: skip
REFUSED = {Crawlers.ALLOW: (), Crawlers.NO_TRAINING: TRAINING, Crawlers.NO_AI: TRAINING + ANSWERS}


def robots_txt(choice, private, sitemaps):
    """Return robots.txt. `private` are paths that no robot needs; `sitemaps` are whole addresses.

    A robot obeys the group that names it, and the group of all only when none does (RFC 9309).
    """
    lines = []
    if refused := REFUSED[Crawlers(choice)]:
        lines += [*(f"User-agent: {name}" for name in refused), "Disallow: /", ""]
    lines += ["User-agent: *", *(f"Disallow: {path}" for path in private), ""]
    lines += [f"Sitemap: {address}" for address in sitemaps]
    return "\n".join([*lines, ""])
