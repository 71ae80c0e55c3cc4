"""Where typed words are shown: set everywhere as their language wants, to readers and to programs alike."""

from html import unescape

import pytest
from lxml import html

from articles.models import Dossier, DossierEntry
from newsroom import mail
from newsroom.models import OutgoingMail, SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, TagFactory

pytestmark = pytest.mark.django_db

TYPED = {"fr": 'L\'Essai "non" ?', "en": 'It\'s "no" -- why'}
SET = {"fr": "L’Essai «\u202fnon\u202f»\u202f?", "en": "It’s “no” — why"}
PLACES = (
    "one/ about/ tag/ tag/essai/ dossier/ dossier/all/ author/ana/ archives/ search/?q=Essai "
    "sitemap-news.xml llms.txt one.md oembed"
).split()


@pytest.fixture(params=["fr", "en"])
def language(request):
    return request.param


@pytest.fixture
def words(language):
    """What was typed in a language, in every field of everything; return it, and what it is set as."""
    typed = TYPED[language]
    SiteIdentity(name=typed, tagline={language: typed}).save()
    tag = TagFactory(language=language, name=typed, slug="essai", description=typed, nav_position=1)
    article = ArticleFactory(
        language=language,
        title=typed,
        standfirst=typed,
        key_points=[typed],
        body=f"<p>Essai. {typed}</p>",
        slug="one",
        author=AuthorFactory(slug="ana", biography={language: typed}),
    )
    article.tags.set([tag])
    dossier = Dossier.objects.create(title=typed, description=typed, slug="all", language=language)
    DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    PageFactory(language=language, title=typed, slug="about", position=1)
    return typed, SET[language]


@pytest.mark.parametrize("place", PLACES)
def test_words_are_set_wherever_they_are_shown(client, language, words, place):
    typed, shown = words
    home = "/" if language == "fr" else "/en/"

    response = (
        client.get("/oembed", {"url": f"http://testserver{home}one/"})
        if place == "oembed"
        else client.get(home + place)
    )

    text = response.json()["title"] if place == "oembed" else unescape(response.content.decode()).replace('\\"', '"')
    assert response.status_code == 200
    assert shown in text
    assert typed not in text


def test_a_title_of_a_page_says_what_was_searched_as_words_and_the_field_as_it_was_typed(client):
    page = html.fromstring(client.get("/search/", {"q": 'l\'<b> "eau" & ?'}).content.decode())

    assert page.findtext(".//title").startswith("l’<b> «\u202feau\u202f» &\u202f? – ")
    assert page.xpath("//input[@name='q']/@value") == ['l\'<b> "eau" & ?']


@pytest.mark.parametrize("template", ["comment_answer", "comment_confirm", "comment_published", "password_reset"])
def test_a_mail_is_set_and_what_must_stay_as_it_is_stays(template):
    SiteIdentity(name="L'Essai").save()
    kept = {"path": "/x/12345--6'7/", "username": "a--b12345", "excerpt": "if (a ? b : c) it's"}
    context = kept | {"title": "L'eau ?", "name": "Ana"}
    mail.send("reader@example.org", template, context, language="fr", unsubscribe="/u/12345--6/")

    message = mail.compose(OutgoingMail.objects.get())

    assert "L’Essai" in message.subject
    assert "L'" not in message.subject + message.body
    assert ("L’eau\u202f?" in message.body) == (template != "password_reset")
    assert "http://testserver/x/12345--6'7/" in message.body.splitlines()
    assert (kept["username"] in message.body) == (template == "password_reset")
    assert (kept["excerpt"] in message.body) == (template == "comment_answer")
