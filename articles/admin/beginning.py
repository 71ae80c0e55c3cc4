"""What a site of one's own lacks at first: named at the head of the desk's first page until it is there."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from articles import lint
from articles.models import Author, Page, Tag
from newsroom import postman
from newsroom.desk import Row, Section
from newsroom.models import SiteIdentity

NEEDED = (Page.Kind.ABOUT, Page.Kind.CONTACT, Page.Kind.LEGAL, Page.Kind.PRIVACY)


def section(request):
    """Return the Section for the owner of the site; None once nothing is lacking, and for everybody else."""
    if not request.user.is_superuser:
        return None
    rows = [*_of_the_owner(request.user), *_of_the_site(), *_of_the_author(), *_pages(), *_topics(), *_of_mail()]
    return Section(0, _("To begin with"), rows) if rows else None


def findings(user, article):
    """Return, to the owner of the site, what readers of an article would see of a site that is not yet his, as Findings."""
    if not user.is_superuser:
        return []
    found = []
    if (author := Author.objects.nobody_yet()) and author.pk == article.author_id:
        words = _("Readers will see “%(name)s” as the author, which is the name of an account: say who you are.")
        url = reverse("admin:articles_author_change", args=[author.pk])
        found.append(lint.Finding(lint.WARN, "author", words % {"name": author}, url))
    if has_no_name():
        words = _("The site has no name yet: readers see “Newsroom”.")
        found.append(lint.Finding(lint.WARN, "author", words, reverse("admin:newsroom_siteidentity_changelist")))
    return found


def has_no_name():
    return SiteIdentity.load().name == SiteIdentity._meta.get_field("name").default


def _of_the_owner(user):
    if not user.email:
        yield Row(
            _("Say your e-mail address"),
            reverse("admin:account"),
            _("Notices go there, and the link when you forget your password."),
        )


def _of_the_site():
    if has_no_name():
        yield Row(_("Name your site"), reverse("admin:newsroom_siteidentity_changelist"), _("It is called “Newsroom”."))


def _of_the_author():
    author = Author.objects.filter(is_site_author=True).prefetch_related("links").first()
    url = reverse("admin:articles_author_change", args=[author.pk]) if author else reverse("admin:articles_author_add")
    if not (author and (author.role or author.biography)):
        yield Row(_("Say who you are"), url, _("Readers see it below each article: your role, a few words."))
    if not (author and author.support_links):
        yield Row(_("Say how readers can support you"), url, _("The call for support appears with the first link."))


def _pages():
    """Yield a row for each page that readers look for, in the first edition, until it is published and says something."""
    language = settings.LANGUAGE_CODE
    there, done = {}, set()
    for page in Page.objects.filter(language=language, kind__in=NEEDED):
        there.setdefault(page.kind, page)
        if page.is_published and lint.says_something(page.body):
            done.add(page.kind)
    for kind in (kind for kind in NEEDED if kind not in done):
        with override(language):
            begun = urlencode({"kind": kind, "title": kind.label, "language": language})
        url = f"{reverse('admin:articles_page_add')}?{begun}"
        if kind in there:
            url = reverse("admin:articles_page_change", args=[there[kind].pk])
        note = _("You ask who comments for an address: say what becomes of it.") if kind == Page.Kind.PRIVACY else ""
        yield Row(_("Write the page: %(page)s") % {"page": kind.label}, url, note)


def _topics():
    """Yield a row while articles have topics, and none stands in the navigation of the first edition."""
    tags, language = Tag.objects, settings.LANGUAGE_CODE
    if tags.filter(language=language).exists() and not tags.topics(language).exists():
        note = _("Add those that shall stand in the navigation: until then the archives stand there alone.")
        yield Row(_("Choose your topics"), reverse("admin:articles_navigation"), note)


def _of_mail():
    if not postman.leaves():
        note = _("Until EMAIL_URL names a mail server, nobody can confirm a comment, and nobody is told anything.")
        yield Row(_("Have mail leave the site"), reverse("admin:newsroom_outgoingmail_changelist"), note)
