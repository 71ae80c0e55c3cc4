"""French: every word of the interface, as a French newspaper sets it; and no English on a page for French readers.

That no new word of the code is missing from the catalogue is said by `tools/messages.py --check`, in `make check`.
"""

import io
import json
import re
import subprocess
from datetime import UTC, datetime
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from lxml import html

from articles.admin.states import when
from articles.models import Dossier, DossierEntry
from tests.factories import ArticleFactory, AuthorLinkFactory, CommentFactory, PageFactory, PhotoFactory, UserFactory

CATALOGUE = Path(settings.BASE_DIR) / "locale/fr/LC_MESSAGES/django.po"
OF_SCRIPTS = CATALOGUE.with_stem("djangojs")
NARROW, HARD = "\u202f", "\u00a0"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")
# Words that no French page has, whatever it is about, and that hardly an English sentence does without.
ENGLISH = re.compile(
    r"(?i)\b(the|of|and|your|this|that|with|by|is|are|to|here|read|search|no|not|add|view|comments(?!\.))\b"
)


def gettext_tool(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def compiled(data):
    """Return {msgid: msgstr} of a compiled catalogue; a plural's forms have the keys (msgid, number)."""
    return GNUTranslations(io.BytesIO(data))._catalog


def sentences():
    """Return [(English, French)] of all that is translated; of a plural, each French form with the singular."""
    rows = [row for one in (CATALOGUE, OF_SCRIPTS) for row in compiled(one.with_suffix(".mo").read_bytes()).items()]
    named = [(key[0] if isinstance(key, tuple) else key, french) for key, french in rows]
    return [(english.rpartition("\x04")[2], french) for english, french in named if english]


def mistakes(french):
    """Return what a French compositor would mark in a sentence, markup left aside."""
    text = re.sub(r"<[^>]+>", "", french)
    rules = {
        "straight quote": r"['\"]",
        "three dots for an ellipsis": r"\.\.\.",
        "no narrow space before ; ! ? »": rf"(?<!{NARROW})[;!?»]",
        "no narrow space after «": rf"«(?!{NARROW})",
        "no hard space before a colon": rf"(?<!{HARD}):(?=\s|$)",
        "space at an end, or two": r"^\s|[ \n]$|  ",
        "an initial without its accent": r"\b(A|Etat|Ecri\w+|Ete|Editi\w+|Energie) ",
    }
    return [name for name, rule in rules.items() if re.search(rule, text)]


def test_every_entry_is_translated_and_none_is_doubtful():
    assert gettext_tool("msgattrib", "--no-obsolete", "--untranslated", CATALOGUE) == b""
    assert gettext_tool("msgattrib", "--no-obsolete", "--only-fuzzy", CATALOGUE) == b""
    assert gettext_tool("msgattrib", "--only-obsolete", CATALOGUE) == b""


@pytest.mark.parametrize("catalogue", [CATALOGUE, OF_SCRIPTS], ids=["pages", "scripts"])
def test_what_is_compiled_is_what_is_written(catalogue):
    fresh = gettext_tool("msgfmt", "--check", "-o", "-", catalogue)

    assert compiled(catalogue.with_suffix(".mo").read_bytes()) == compiled(fresh)


def test_every_sentence_is_set_as_french_is():
    assert {french: found for _english, french in sentences() if (found := mistakes(french))} == {}


@pytest.mark.parametrize(
    "wrong",
    ["l'article", "Vraiment ?", "« oui »", "À voir :", "Titre: un", "Fin !", "Attendez...", "A voir", "Deux  mots"],
)
def test_the_compositor_sees_a_mistake(wrong):
    assert mistakes(wrong) != []


def test_every_sentence_keeps_its_placeholders():
    """Those that the singular of a plural, or the French of another author's sentence, has no use for may go."""
    strange = [
        (english, french)
        for english, french in sentences()
        if not set(PLACEHOLDER.findall(french)) <= set(PLACEHOLDER.findall(english)) | {"%(count)s"}
    ]
    lost = [
        (english, french)
        for english, french in sentences()
        if len(re.findall(r"%[sd]|{}", french)) != len(re.findall(r"%[sd]|{}", english))
    ]

    assert strange == lost == []


def words(response):
    """Return what a page says, to eyes or to a screen reader, save what it says in another language."""
    page = html.document_fromstring(response.content)
    for other in page.xpath("//script | //style | //template | //*[@lang][not(@lang='fr')][not(self::html)]"):
        other.drop_tree()
    shown = page.xpath("//text() | //@title | //@aria-label | //@placeholder | //@alt | //input[@type='submit']/@value")
    return [" ".join(text.split()) for text in shown if text.strip()]


def english(response):
    assert html.document_fromstring(response.content).get("lang") == "fr"
    return sorted({text for text in words(response) if ENGLISH.search(text)})


def stock(response):
    """Return what a page says in Django's own French: with a typewriter's apostrophe, or of any thing that it is an object."""
    return sorted({text for text in words(response) if re.search(r"[a-z]'[a-zéêh]|\bobjets?\b", text)})


def tight(response):
    """Return what a page says with no space before its colon."""
    return sorted({text for text in words(response) if re.search(r"\w:(\s|$)", text)})


@pytest.fixture
def newspaper(db):
    """A site with one of each thing, whose own words are no English."""
    photo = PhotoFactory(caption={"fr": "Une légende"}, credit="Zoé")
    texts = {"standfirst": "Un chapô.", "photo": photo, "tags": ["Climat", "Mer"], "key_points": ["Un point."]}
    body = "<p>Un.</p><h2>Deux</h2><p>Trois<small class='footnote'>Quatre</small>.</p>"
    first, second = (ArticleFactory(title=f"Titre {n}", slug=f"titre-{n}", body=body, **texts) for n in (1, 2))
    AuthorLinkFactory(author=first.author)
    PageFactory(title="Qui", slug="qui", body="<p>Moi.</p>", position=1)
    dossier = Dossier.objects.create(title="La mer", slug="la-mer", language="fr")
    for position, article in enumerate((first, second), start=1):
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
    comment = CommentFactory(article=first, approved=True, user_name="Zoé", comment="Bravo.")
    CommentFactory(article=first, user_name="Max", comment="Oui.")
    CommentFactory(parent=comment, approved=True, user_name="Léa", comment="Merci.")
    return {"article": first, "comment": comment, "photo": photo, "dossier": dossier}


def test_no_public_page_in_french_says_a_word_of_english(client, newspaper):
    article, comment = newspaper["article"], newspaper["comment"]
    author, tag = article.author, article.kicker
    paths = [
        *("/", "/titre-1/", "/titre-2/", "/qui/", "/nulle-part/"),
        *(author.get_absolute_url(), tag.get_absolute_url(), newspaper["dossier"].get_absolute_url()),
        *(reverse(name) for name in ("archives", "tags", "dossiers", "search", "comments:ask")),
        *(f"{reverse('search')}?q={word}" for word in ("trois", "zzz")),
        reverse("comments:reply", args=[article.slug, comment.public_id]),
        reverse("comments:report", args=[article.slug, comment.public_id]),
        reverse("comments:write", args=[article.slug]),
    ]
    found = {path: english(client.get(path)) for path in paths}
    refused = client.post(reverse("comments:write", args=[article.slug]), {"comment": "", "email": "x"})

    assert {path: said for path, said in found.items() if said} == {}
    assert english(refused) == []


def test_no_page_of_the_desk_in_french_says_a_word_of_english(client, newspaper):
    user = UserFactory(is_superuser=True, language="fr", username="zoe", email="zoe@journal.example")
    client.force_login(user)
    article, photo = newspaper["article"], newspaper["photo"]
    lists = [
        *(f"articles/{name}" for name in ("article", "photo", "tag", "page", "author", "dossier", "missedaddress")),
        *("comments/readercomment", "comments/blockrule", "redirects/redirect", "auth/group"),
        *("newsroom/user", "newsroom/jobrecord", "newsroom/outgoingmail"),
    ]
    adds = (
        "articles/article",
        "articles/photo",
        "articles/tag",
        "articles/page",
        "articles/author",
        "articles/dossier",
    )
    paths = [
        "",
        *(f"{name}/" for name in lists),
        *(
            f"{name}/add/"
            for name in (*adds, "comments/blockrule", "redirects/redirect", "auth/group", "newsroom/user")
        ),
        *(f"articles/article/{article.pk}/{what}/" for what in ("change", "versions", "history")),
        f"articles/article/{ArticleFactory(published_at=None, binned_at=timezone.now()).pk}/delete/",
        "articles/article/?state=bin",
        "backups/",
        *(f"articles/photo/{photo.pk}/{what}/" for what in ("change", "delete")),
        f"articles/tag/{article.kicker.pk}/delete/",
        f"articles/author/{article.author_id}/change/",
        *(f"comments/readercomment/{name}/" for name in ("log", "write", "digest")),
        f"comments/readercomment/{newspaper['comment'].public_id}/",
        "newsroom/siteidentity/1/change/",
        f"newsroom/user/{user.pk}/change/",
        "password_change/",
    ]
    client.get("/admin/newsroom/siteidentity/")
    pages = {path: client.get(f"/admin/{path}") for path in paths}

    assert {path: said for path, page in pages.items() if (said := english(page) + stock(page))} == {}
    # What hangs on a thing is told by Django alone.
    assert {path: said for path, page in pages.items() if "/delete/" not in path and (said := tight(page))} == {}


@pytest.mark.parametrize(
    ("kind", "words"), [("article", "Écrire un article"), ("page", "Écrire une page"), ("tag", "Ajouter un sujet")]
)
def test_what_is_added_has_its_gender_on_its_list_and_on_its_form(client, db, kind, words):
    client.force_login(UserFactory(is_superuser=True, language="fr"))
    listed, form = (client.get(reverse(f"admin:articles_{kind}_{page}")) for page in ("changelist", "add"))

    assert html.fromstring(listed.content).xpath("normalize-space(//a[contains(@class, 'addlink')])") == words
    assert html.fromstring(form.content).xpath("normalize-space(//h1)") == words


def test_the_scripts_of_the_desk_say_in_french_what_the_site_says(client, db):
    client.force_login(UserFactory(is_superuser=True, language="fr"))

    said = client.get(reverse("admin:jsi18n")).content.decode()

    catalog = json.loads(re.search(r"const newcatalog = ({.*?});\n", said, re.DOTALL)[1])
    assert catalog["Today"] == "Aujourd’hui"
    assert catalog["%(sel)s of %(cnt)s selected"] == ["Sélection\u00a0: %(sel)s sur %(cnt)s"] * 2
    assert [french for french in catalog.values() if "'" in str(french).strip("[]'").replace("', '", "")] == []


def test_the_first_of_a_month_is_written_as_french_writes_it():
    first, eleventh = (datetime(2026, 10, day, 7, 30, tzinfo=UTC) for day in (1, 11))

    assert [when(moment) for moment in (first, eleventh)] == ["1er octobre 2026 à 09:30", "11 octobre 2026 à 09:30"]
