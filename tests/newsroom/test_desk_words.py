"""What the desk says of what was done, and of what is about to be deleted: in the language of whoever reads it."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.utils.translation import override
from lxml.html import fromstring

from newsroom.jobs_admin import ReadOnlyAdmin
from newsroom.templatetags.newsroom import in_words
from tests.articles.desk import save
from tests.articles.test_desk_people import author_form
from tests.factories import AuthorFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db
SAME = {
    "Permissions", "Logo", "Photo", "Portrait", "Service", "Description", "Article", "Page", "Licence", "Note",
}  # fmt: skip


def french(client):
    client.force_login(UserFactory(is_superuser=True, language="fr"))


def history(client, path):
    return fromstring(client.get(f"/admin/{path}/history/").content)


def test_the_history_names_fields_as_the_form_does_and_none_that_nobody_saw(client):
    french(client)
    photo = PhotoFactory(alt={"fr": "x"})
    path = f"/admin/articles/photo/{photo.pk}/change/"
    form = client.get(path).context["adminform"].form
    shown = {field.html_name: field.value() for field in form if isinstance(field.value(), (str, int, float))}
    client.post(path, shown | {"alt_0": "Un champ de blé"})
    article = save(client)[1]
    save(client, article, title="Autre", copy="another form", **{"initial-language": "fr"})

    of_photo = history(client, f"articles/photo/{photo.pk}").xpath("string(//ol[@class='history']/li/span)")
    of_article = history(client, f"articles/article/{article.pk}").xpath("//ol[@class='history']/li/span/text()")

    assert of_photo == "Modifié\u00a0: texte alternatif."
    assert of_article[-1] == "Modifié\u00a0: titre."


def test_every_label_of_a_form_of_the_desk_is_french_in_the_history(rf):
    request = rf.get("/")
    request.user = UserFactory(is_superuser=True)
    english = set()
    for admin in site._registry.values():
        if isinstance(admin, ReadOnlyAdmin) or not admin.has_change_permission(request):
            continue
        inlines = [one.get_formset(request).form for one in admin.get_inline_instances(request)]
        for form in [admin.get_form(request), *inlines]:
            with override(None):
                labels = {str(field.label) for field in form.base_fields.values() if field.label}
            with override("fr"):
                english |= {label for label in labels if in_words(label).lower() == label.lower()}

    assert english <= SAME


def test_what_only_ties_two_things_is_not_named_among_what_is_deleted(client):
    french(client)
    group = Group.objects.create(name="Invités")
    UserFactory().groups.add(group)

    for page in (
        client.get(f"/admin/auth/group/{group.pk}/delete/"),
        client.post("/admin/auth/group/", {"action": "delete_selected", "_selected_action": [group.pk]}),
    ):
        root = fromstring(page.content)
        lines = [line.text_content() for line in root.xpath("//div[@id='content']//li")]
        assert lines == ["Groupes\u00a0: 1", "Groupe\u00a0: Invités"]


def test_a_group_of_the_site_is_called_by_its_role_on_its_own_pages(client):
    french(client)
    group = Group.objects.get(name="Editors")

    page = fromstring(client.get(f"/admin/auth/group/{group.pk}/change/").content)
    past = history(client, f"auth/group/{group.pk}")

    assert page.xpath("string(//p[@class='subtitle'])") == "Rédaction"
    assert "Editors" not in page.text_content() + past.text_content()


def wrong(response):
    """Return what is named above a form that was refused: {the address of a field: words}."""
    links = fromstring(response.content).xpath("//div[@class='errornote']//li/a")
    return {link.get("href"): link.getparent().text_content() for link in links}


def test_what_is_refused_is_named_above_the_form_and_leads_to_its_field(client):
    french(client)
    author = AuthorFactory()
    link = {"purpose": "support", "service": "patreon", "url": "https://evil.example/x", "position": "0"}
    rows = {f"links-0-{name}": value for name, value in link.items()} | {"links-TOTAL_FORMS": "1"}
    address = f"/admin/articles/author/{author.pk}/change/"

    refused = client.post(address, author_form(author, name="", **rows))
    someone = client.post("/admin/newsroom/user/add/", {"role": "none"})

    assert wrong(refused) == {
        "#id_name": "Nom – Ce champ est obligatoire.",
        "#id_links-0-url": "Lien, Adresse – Une adresse de Patreon commence par https://patreon.com/",
    }
    fields = fromstring(someone.content)
    assert wrong(someone).keys() == {"#id_username", "#id_email", "#id_role"}
    assert all(fields.xpath(f"//*[@id='{address[1:]}']") for address in wrong(someone))


def test_the_navigation_has_people_and_redirects_and_leaves_machinery_to_the_foot(client):
    french(client)

    page = fromstring(client.get("/admin/").content)

    tabs = [link.text for link in page.xpath("//nav[@class='desk__tabs']/a")]
    assert tabs[-3:] == ["Site", "Utilisateurs", "Redirections"]
    assert "Tâches" not in tabs
    assert "Tâches" in page.xpath("//nav[@class='home__rest']//a/text()")


@pytest.mark.parametrize("path", ["", "done/"])
def test_an_e_mail_is_called_so_where_a_password_was_forgotten(client, path):
    page = client.get(f"/admin/password_reset/{path}", headers={"accept-language": "fr"}).content.decode()

    assert "e-mail" in page
    assert "courriel" not in page
    assert "électronique" not in page
