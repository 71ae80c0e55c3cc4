"""Short texts in several languages: what prints, and what a form makes of them."""

import pytest
from django.forms import modelform_factory
from django.urls import reverse
from django.utils import translation
from lxml import html

from newsroom.models import SiteIdentity
from newsroom.translated import TranslatedText
from tests.factories import AuthorFactory, PhotoFactory, UserFactory


@pytest.mark.parametrize(
    ("text", "language", "shown", "foreign"),
    [
        ({"fr": "Un", "en": "One"}, "en", "One", ""),
        ({"fr": "Un"}, "en", "Un", "fr"),
        ({"en": "One"}, "fr", "One", "en"),
        ({}, "fr", "", ""),
    ],
)
def test_a_text_prints_in_the_readers_language_else_in_another_and_says_so(text, language, shown, foreign):
    with translation.override(language):
        assert str(TranslatedText(text)) == shown
        assert TranslatedText(text).foreign == foreign


def fields_of(form):
    """Return what a browser sends back when nothing is touched: every named field of the form with its value."""
    page = html.fromstring(form)
    return {
        name: value
        for name, value in next(form for form in page.forms if form.get("id", "").endswith("_form")).form_values()
        if not name.startswith("_") and name != "csrfmiddlewaretoken"
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["author", "photo", "siteidentity"])
def test_a_form_sent_back_untouched_and_touched_keeps_both_languages(client, kind):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    texts = {"fr": "Une légende", "en": "A caption"}
    row, field = {
        "author": lambda: (AuthorFactory(role=texts), "role"),
        "photo": lambda: (PhotoFactory(caption=texts, credit="Somebody"), "caption"),
        "siteidentity": lambda: (SiteIdentity.objects.create(name="Site", tagline=texts), "tagline"),
    }[kind]()
    address = reverse(f"admin:{row._meta.app_label}_{kind}_change", args=[row.pk])

    sent = fields_of(client.get(address).content)
    untouched = client.post(address, sent)
    touched = client.post(address, sent | {f"{field}_en": "Another caption"})
    row.refresh_from_db()

    assert untouched.status_code == touched.status_code == 302
    assert getattr(row, field) == {"fr": "Une légende", "en": "Another caption"}


@pytest.mark.django_db
def test_a_form_keeps_what_is_said_in_a_language_that_is_no_edition_any_more(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    author = AuthorFactory(role={"fr": "Rédactrice", "en": "Editor", "oc": "Redactora"})
    address = reverse("admin:articles_author_change", args=[author.pk])

    client.post(address, fields_of(client.get(address).content) | {"role_en": ""})
    author.refresh_from_db()

    assert author.role == {"fr": "Rédactrice", "oc": "Redactora"}


def test_a_form_says_what_has_changed():
    form_class = modelform_factory(SiteIdentity, fields=["tagline"])
    before = SiteIdentity(tagline=TranslatedText({"fr": "Un", "en": "One"}))

    assert form_class({"tagline_fr": "Un", "tagline_en": "One"}, instance=before).changed_data == []
    assert form_class({"tagline_fr": "Deux", "tagline_en": "One"}, instance=before).changed_data == ["tagline"]
