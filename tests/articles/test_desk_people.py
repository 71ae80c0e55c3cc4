"""Who may do what at the desk, how one comes in, and the author whose site this is."""

import re
from io import BytesIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from lxml.html import fromstring
from PIL import Image

from articles.models import Article, Author
from newsroom.models import Accent, OutgoingMail, SiteIdentity, User
from tests.articles.desk import ADD, change, save, writer
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
    UserFactory,
    picture,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = UserFactory(language="en")
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return user


def test_an_editor_writes_and_publishes(client, editor):
    _response, article = save(client, button="_publish", tags="new")
    save(client, article, title="Changed")

    assert Article.objects.get().title == "Changed"
    assert Article.objects.get().is_published


@pytest.mark.parametrize("factory", [ArticleFactory, TagFactory, PageFactory, PhotoFactory, AuthorFactory])
@pytest.mark.parametrize("action", ["add", "change", "delete"])
def test_an_editor_keeps_the_newsrooms_things(client, editor, factory, action):
    AuthorFactory(is_site_author=True)
    thing = factory()
    if action == "delete" and factory is ArticleFactory:
        Article.objects.update(published_at=None, binned_at=timezone.now())
    path = f"/admin/articles/{thing._meta.model_name}/"

    response = client.get(f"{path}add/" if action == "add" else f"{path}{thing.pk}/{action}/")

    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "newsroom/user/",
        "newsroom/user/add/",
        "auth/group/",
        "newsroom/siteidentity/",
        "newsroom/siteidentity/1/change/",
    ],
)
def test_an_editor_does_not_touch_people_or_the_site(client, editor, path):
    assert client.get(f"/admin/{path}").status_code == 403


@pytest.mark.usefixtures("english")
def test_an_editor_sees_only_what_is_his_in_the_navigation(client, editor):
    tabs = [str(tab.label) for tab in client.get("/admin/").context["desk_tabs"]]

    assert [tab for tab in tabs if tab in ("Articles", "Photos", "Topics", "Pages", "Site")] == [
        "Articles",
        "Photos",
        "Topics",
        "Pages",
    ]


@pytest.mark.parametrize("path", ["comments/readercomment/", "newsroom/siteidentity/", "backups/"])
def test_whose_role_does_not_reach_so_far_is_told_so_at_the_desk(client, editor, path):
    page = client.get(f"/admin/{path}")

    root = fromstring(page.content.decode())
    assert page.status_code == 403
    assert [heading.text for heading in root.xpath("//h1")] == ["Your account may not do this"]
    assert root.xpath("//nav//a[@href='/admin/articles/article/']")
    assert "Comments are for moderators" in root.text_content()
    assert "only for those who work here" not in root.text_content()


def test_an_editor_who_is_also_a_moderator_sees_comments(client, editor):
    editor.groups.add(Group.objects.get(name="Moderators"))

    assert client.get("/admin/comments/readercomment/").status_code == 200


def test_the_rights_of_editors_are_made_once_and_then_left_to_the_owner():
    group = Group.objects.get(name="Editors")
    group.permissions.clear()

    call_command("migrate", verbosity=0)

    assert group.permissions.count() == 0


@pytest.mark.parametrize("name", ["Editors", "Moderators"])
def test_a_group_of_the_site_keeps_its_name_and_stays_and_saved_as_it_is_its_rights(client, name):
    writer(client)
    group = Group.objects.get(name=name)
    client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    before = set(group.permissions.values_list("pk", flat=True))
    page = client.get(f"/admin/auth/group/{group.pk}/change/").context["adminform"].form

    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Others", "permissions": page["permissions"].value()})
    offered = {pk for pk, _label in page.fields["permissions"].choices}

    assert before
    assert Group.objects.get(pk=group.pk).name == name
    assert set(group.permissions.values_list("pk", flat=True)) == before
    assert before <= {pk.value for pk in offered}


def test_somebody_without_rights_sees_no_article(client):
    client.force_login(UserFactory())

    assert client.get(change(ArticleFactory())).status_code == 403
    assert client.post(ADD, {}).status_code == 403
    assert client.get("/admin/articles/article/tags.json").status_code == 403


def test_a_visitor_is_sent_to_the_login_page(client):
    response = client.get(ADD)

    assert response.url == f"/admin/login/?next={ADD}"
    assert client.get(response.url).status_code == 200


def test_one_logs_in_and_out(client):
    UserFactory(username="ada", language="en")

    page = client.post("/admin/login/", {"username": "ada", "password": "a long password", "next": "/admin/"})

    assert page.url == "/admin/"
    assert page.cookies["sessionid"]["path"] == "/admin/"
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_an_account_is_made_by_a_command_that_asks_nothing(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long password")

    call_command("createsuperuser", "--noinput", username="ada", email="ada@example.org", verbosity=0)

    assert client.login(username="ada", password="a long password")
    assert client.get("/admin/").status_code == 200


def test_passwords_cannot_be_guessed_at_leisure(client):
    UserFactory(username="ada")
    wrong = {"username": "ada", "password": "wrong"}

    answers = [client.post("/admin/login/", wrong).status_code for _try in range(12)]

    assert answers == [200] * 10 + [429] * 2


def test_a_forgotten_password_is_chosen_anew_by_a_link_in_a_mail(client):
    user = UserFactory(username="ada", email="ada@example.org", language="en")

    sent = client.post("/admin/password_reset/", {"email": "ada@example.org"})
    path = OutgoingMail.objects.get().context["path"]
    form = client.get(path, follow=True)
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}
    done = client.post(form.redirect_chain[-1][0], new)

    user.refresh_from_db()
    assert sent.url == "/admin/password_reset/done/"
    assert done.url == "/admin/"
    assert user.check_password("quite another one")
    for page in (sent.url, done.url):
        assert client.get(page).status_code == 200


def test_an_unknown_address_is_answered_like_a_known_one(client):
    response = client.post("/admin/password_reset/", {"email": "nobody@example.org"})

    assert response.url == "/admin/password_reset/done/"
    assert OutgoingMail.objects.count() == 0


def test_a_user_chooses_the_language_of_the_desk(client):
    user = writer(client)

    response = client.post("/admin/language/", {"language": "fr", "next": "/admin/articles/article/"})

    user.refresh_from_db()
    assert (user.language, response.url) == ("fr", "/admin/articles/article/")
    assert '<html lang="fr"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_the_change_of_language_leads_nowhere_else(client, back):
    writer(client)

    assert client.post("/admin/language/", {"language": "xx", "next": back}).url == "/admin/"


def test_the_first_author_is_the_sites_and_another_may_take_the_place():
    first = AuthorFactory()
    second = AuthorFactory()
    assert Author.objects.get(is_site_author=True) == first

    second.is_site_author = True
    second.save()

    assert Author.objects.get(is_site_author=True) == second


def author_form(author, **values):
    empty = {
        f"{prefix}-{name}": "0"
        for prefix in ("links", "works")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    return empty | {"name": str(author), "slug": author.slug} | values


def test_another_author_takes_the_place_at_the_desk(client):
    writer(client)
    AuthorFactory()
    second = AuthorFactory()

    client.post(f"/admin/articles/author/{second.pk}/change/", author_form(second, is_site_author="on"))

    assert Author.objects.get(is_site_author=True) == second


def test_the_sites_author_stays_and_is_not_deleted(client):
    writer(client)
    author = AuthorFactory()

    client.post(f"/admin/articles/author/{author.pk}/change/", author_form(author))
    deleted = client.post(f"/admin/articles/author/{author.pk}/delete/", {"post": "yes"}, follow=True)

    assert told(deleted)[-1:] == [
        "This cannot be deleted. This is the site’s author: say on another author’s page first that he is."
    ]
    assert Author.objects.get().is_site_author is True


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_who_cannot_be_deleted_is_named_with_the_reason_and_the_others_go(client):
    writer(client)
    site, signs, idle = AuthorFactory(name="Ada"), AuthorFactory(name="Bea"), AuthorFactory()
    ArticleFactory(author=signs)
    chosen = {"action": "delete_selected", "_selected_action": [site.pk, signs.pk, idle.pk], "post": "yes"}

    one = client.get(f"/admin/articles/author/{signs.pk}/delete/", follow=True)
    several = client.post("/admin/articles/author/", chosen, follow=True)

    why = "1 article is signed with this name: give it another author first."
    assert one.redirect_chain[-1][0] == f"/admin/articles/author/{signs.pk}/change/"
    assert told(one) == [f"This cannot be deleted. {why}"]
    assert fromstring(one.content).xpath("//p[@class='quiet']/text()") == [f"This cannot be deleted. {why}"]
    assert set(told(several)[:2]) == {
        "“Ada” stays: This is the site’s author: say on another author’s page first that he is.",
        f"“Bea” stays: {why}",
    }
    assert set(Author.objects.all()) == {site, signs}


def test_a_support_link_of_the_wrong_service_is_refused_at_its_field(client):
    writer(client)
    author = AuthorFactory()
    link = {"purpose": "support", "service": "patreon", "url": "https://evil.example/x", "position": "0"}
    values = {f"links-0-{name}": value for name, value in link.items()} | {"links-TOTAL_FORMS": "1"}

    response = client.post(f"/admin/articles/author/{author.pk}/change/", author_form(author, **values))

    formset = response.context["inline_admin_formsets"][0].formset
    assert [list(errors) for errors in formset.errors] == [["url"]]
    assert b"https://evil.example/x" in response.content


def test_the_support_call_has_three_buttons_the_authors_box_has_all_links_and_the_desk_says_so(client):
    writer(client)
    author = AuthorFactory()
    for number in range(5):
        url = f"https://www.patreon.com/{4 - number}"
        AuthorLinkFactory(author=author, label={"fr": f"Lien {4 - number}"}, url=url, position=4 - number)

    root = fromstring(client.get(ArticleFactory(author=author).get_absolute_url()).content.decode())
    desk = fromstring(client.get(f"/admin/articles/author/{author.pk}/change/").content.decode())

    assert root.xpath("//aside[@id='support']//a/text()") == ["Lien 0", "Lien 1", "Lien 2"]
    assert root.xpath("//ul[@class='links']//a/text()") == [f"Lien {number}" for number in range(5)]
    help_text = "".join(desk.xpath("//*[@id='id_links-0-position_helptext']//text()"))
    assert "The first 3 for support are the buttons of the support call" in help_text


@pytest.mark.parametrize("path", ["", "articles/article/", "articles/article/add/", "articles/page/add/", "login/"])
def test_no_page_of_the_desk_has_inline_style_or_script(client, path):
    if path != "login/":
        writer(client)

    response = client.get(f"/admin/{path}")
    html = response.content.decode()

    assert response.status_code == 200
    assert not re.findall(r"<style|\sstyle=|\son\w+=", html)
    bare = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    nonce = re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
    expected = ["importmap"] if path.endswith("add/") else []
    assert [re.search(r'type="(\w+)"', tag)[1] for tag in bare if "application/json" not in tag] == expected
    assert all(f'nonce="{nonce[0]}"' in tag for tag in bare if "importmap" in tag)
    assert bool(nonce) is bool(expected)


@pytest.mark.parametrize(
    ("role", "groups", "owner"),
    [
        ("Editors", ["Editors"], False),
        ("Moderators", ["Moderators"], False),
        ("Editors+Moderators", ["Editors", "Moderators"], False),
        ("owner", [], True),
    ],
)
def test_somebody_new_gets_his_role_with_his_account(client, role, groups, owner):
    writer(client)
    typed = {"username": "bea", "first_name": "Bea", "email": "bea@example.org", "role": role}

    response = client.post("/admin/newsroom/user/add/", typed)

    bea = User.objects.get(username="bea")
    assert (bea.first_name, bea.email, bea.is_staff, bea.is_superuser) == ("Bea", "bea@example.org", True, owner)
    assert [group.name for group in bea.groups.order_by("name")] == groups
    page = fromstring(client.get(response.url).content)
    assert page.xpath("//form[@id='user_form']//input[@type='radio'][@checked]/@value") == [role]
    assert page.xpath("//form[@id='user_form']//input[@type='checkbox']/@name") == ["is_active"]


def test_only_an_owner_makes_an_owner(client, editor):
    rights = Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"])
    editor.user_permissions.set(rights)

    page = client.get("/admin/newsroom/user/add/").content.decode()

    assert 'value="Editors"' in page
    assert 'value="owner"' not in page
    writer(client)
    assert b'value="owner"' in client.get("/admin/newsroom/user/add/").content


def test_who_looks_after_accounts_makes_no_owner_and_does_not_touch_one(client, editor):
    owner = UserFactory(is_superuser=True, username="owner")
    rights = Permission.objects.filter(codename__in=["change_user", "delete_user", "view_user"])
    editor.user_permissions.set(rights)
    form = {"username": "me", "is_active": "on", "role": "as-it-is", "is_superuser": "on", "user_permissions": ["1"]}

    def post(user, page, data):
        return client.post(f"/admin/newsroom/user/{user.pk}/{page}/", data).status_code

    for page, data in (("change", form), ("delete", {"post": "yes"}), ("invite", {})):
        assert post(owner, page, data) == 403
    assert post(editor, "change", form | {"role": "owner"}) == 200
    assert post(editor, "change", form) == 302
    editor.refresh_from_db()
    assert (editor.username, editor.is_superuser, editor.user_permissions.count()) == ("me", False, 3)


@pytest.mark.parametrize("junk", ["x", "9" * 30, "-1", "a\0b"])
def test_a_right_that_cannot_be_is_refused_at_its_field(client, junk):
    writer(client)

    response = client.post("/admin/auth/group/add/", {"name": "Guests", "permissions": junk})

    assert list(response.context["adminform"].form.errors) == ["permissions"]


def test_an_authors_role_is_read_in_the_list_and_not_its_storage(client):
    writer(client)
    AuthorFactory(role={"en": "Reporter"})

    assert b'field-role_here">Reporter<' in client.get("/admin/articles/author/").content


def test_a_form_that_grew_old_says_that_the_words_are_kept_and_leads_back():
    client = Client(enforce_csrf_checks=True)
    writer(client)

    refused = client.post(ADD, {"title": "Typed"})
    client.logout()

    assert refused.status_code == 403
    assert f'href="{ADD}"' in refused.content.decode()
    assert b"kept" in client.get(f"/admin/login/?next={ADD}", headers={"accept-language": "en"}).content


def send_logo(client, name, content):
    writer(client)
    client.get("/admin/newsroom/siteidentity/")
    address = "/admin/newsroom/siteidentity/1/change/"
    form = client.get(address).context["adminform"].form
    sent = {field.html_name: field.value() for field in form if isinstance(field.value(), (str, int))}
    return client.post(address, sent | {"logo": SimpleUploadedFile(name, content)})


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"no picture", "This file is not a PNG, WebP or JPEG picture."),
        (picture(600, 600, "PNG")[:300], "This file is not a PNG, WebP or JPEG picture."),
        (picture(200, 80, "PNG"), "This picture is 200 × 80 pixels: a logo has 512 or more on each side."),
        (picture(1200, 900), "This picture is 1200 × 900 pixels: a logo is square, or nearly."),
        (picture(600, 560, "PNG"), None),
    ],
)
def test_a_logo_is_a_picture_large_enough_and_about_square(client, content, refused):
    response = send_logo(client, "logo.png", content)

    shown = response.context["adminform"].form.errors if response.context else {}
    assert shown == ({"logo": [refused]} if refused else {})


def test_a_logo_is_drawn_anew_and_what_else_its_file_says_is_served_to_nobody(client):
    data = Image.Exif()
    data[0x010E] = "At my home"

    send_logo(client, "photo.jpg", picture(2000, 1800, comment=b"At my home", exif=data.tobytes()))

    with SiteIdentity.load().logo.open() as file:
        kept = file.read()
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size, image.info) == ("PNG", (1024, 922), {})
    assert b"At my home" not in kept


@pytest.mark.parametrize("factory", [TagFactory, PageFactory, AuthorFactory])
def test_view_on_site_leads_to_this_site(client, factory):
    writer(client)
    thing = factory()

    html = client.get(f"/admin/articles/{thing._meta.model_name}/{thing.pk}/change/").content.decode()

    # An author has a page in each edition: the one in the desk's language is shown.
    assert re.search(rf'href="(/en)?{thing.get_absolute_url()}" class="viewsitelink"', html)


@pytest.mark.parametrize("factory", [TagFactory, PageFactory, AuthorFactory])
def test_whatever_is_typed_as_an_address_becomes_one(client, factory):
    writer(client)
    thing = factory()
    address = f"/admin/articles/{thing._meta.model_name}/{thing.pk}/change/"
    form = client.get(address).context["adminform"].form
    sent = {field.html_name: field.value() for field in form if isinstance(field.value(), (str, int))}

    client.post(address, author_form(thing) | sent | {"name": "X", "slug": "Été à Paris"}, follow=True)

    thing.refresh_from_db()
    assert thing.slug == "ete-a-paris"


def test_each_accent_is_shown_beside_its_name(client):
    writer(client)
    client.get("/admin/newsroom/siteidentity/")

    page = fromstring(client.get("/admin/newsroom/siteidentity/1/change/").content)

    hues = [str(hue) for hue in Accent.values]
    assert page.xpath("//input[@name='accent_hue']/@value") == hues
    assert page.xpath("//label[input[@name='accent_hue']]/span/@data-hue") == hues
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    assert all(f'[data-hue="{hue}"] {{ --hue: {hue};' in tokens for hue in hues)


def test_a_biography_has_links_and_emphasis_for_readers_and_words_alone_for_machines(client):
    portrait = PhotoFactory(credit="Grace", licence="CC BY", alt={"fr": "x"})
    text = {"fr": "J’ai écrit **un *livre*** : [le voici](https://a.example/b) !"}
    AuthorFactory(slug="ada", biography=text, portrait=portrait, is_site_author=True)

    page = fromstring(client.get("/author/ada/").content)

    assert page.xpath("//main//p[strong]/strong/em/text()") == ["livre"]
    assert page.xpath("//main//p[strong]/a/@href") == ["https://a.example/b"]
    [description] = page.xpath("//meta[@name='description']/@content")
    assert description == "J’ai écrit un livre\u00a0: le voici\u202f!"
    assert "**" not in "".join(page.xpath("//script[@type='application/ld+json']/text()"))
    assert " ".join(page.xpath("//p[@class='portrait-credit']")[0].text_content().split()) == "Portrait : Grace, CC BY"


def test_the_list_of_articles_says_how_many_comments_each_has(client):
    writer(client)
    ArticleFactory(title="Much said", comment_count=12)
    ArticleFactory(title="Nothing said")

    page = fromstring(client.get("/admin/articles/article/?o=-6").content)

    rows = page.xpath("//tbody/tr")
    assert [row.xpath("string(td[contains(@class, 'field-comments_shown')])") for row in rows] == ["12", ""]
