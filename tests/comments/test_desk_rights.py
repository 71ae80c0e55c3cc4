"""Who may do what at the moderation desk, and that no address and no network can be found there."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from lxml import html

from comments import decisions, people
from comments.models import BlockRule, CommentContact, Digest, ModerationEvent, ReaderComment, Report
from newsroom.limits import network_key
from tests.comments.desk import DECIDE, LOG, QUEUE, UNDO, moderator, seen, user_with
from tests.factories import CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "zq7.marker@leak.example"
NETWORK = "f00d" * 8
RULES = "/admin/comments/blockrule/"


@pytest.fixture
def comment():
    made = CommentFactory(email=ADDRESS)
    CommentContact.objects.update(network_key=NETWORK)
    return made


def staff():
    return {
        "viewer": user_with("view_readercomment"),
        "staff": user_with(),
        "editor": user_with(group="Editors"),
        "reader": UserFactory(is_staff=False),
        "looker without the desk": user_with("view_contact"),
        "anonymous": None,
    }


def posts(comment, batch):
    base = f"{QUEUE}{comment.public_id}/"
    return {
        DECIDE: {"status": "approved", "comment": seen(comment)},
        UNDO: {"batch": str(batch)},
        f"{base}answer/": {"answer": "Words"},
        f"{base}block/": {"why": "x"},
        f"{base}address/": {},
        f"{base}export/": {},
        f"{base}erase/": {"sure": "on"},
        f"{QUEUE}digest/": {"wanted": "on"},
        f"{QUEUE}write/": {"article": comment.article_id, "answer": "Words"},
        f"{RULES}add/": {"kind": "word", "value": "xyz", "action": "hold"},
    }


@pytest.mark.parametrize("name", ["viewer", "staff", "editor", "reader", "looker without the desk", "anonymous"])
def test_who_may_not_moderate_changes_nothing_with_a_forged_post(client, comment, name):
    user = staff()[name]
    decided = CommentFactory(approved=True)
    batch = ModerationEvent.objects.get().batch
    if user:
        client.force_login(user)

    for path, data in posts(comment, batch).items():
        response = client.post(path, data)
        assert response.status_code in (302, 403), path
        assert response.status_code == 403 or response["Location"].startswith("/admin/login/"), path

    assert ReaderComment.objects.get(pk=comment.pk).status == "pending"
    assert ReaderComment.objects.get(pk=decided.pk).status == "approved"
    assert ReaderComment.objects.count() == 2
    assert ModerationEvent.objects.count() == 1
    assert not BlockRule.objects.exists()
    assert not Digest.objects.exists()


@pytest.mark.parametrize(
    ("name", "sees"),
    [("viewer", True), ("staff", False), ("editor", False), ("reader", False), ("anonymous", False)],
)
def test_who_may_read_the_desk(client, comment, name, sees):
    user = staff()[name]
    if user:
        client.force_login(user)

    for path in (QUEUE, LOG, f"{QUEUE}{comment.public_id}/"):
        assert (client.get(path).status_code == 200) is sees, path
    if sees:
        assert "<button" not in re.sub(
            r"(?s)<header class=.*?</header>|<form class=.*?</form>", "", _html(client, QUEUE)
        )


def _html(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize("superuser", [False, True])
def test_the_group_and_the_superuser_decide(client, comment, superuser):
    client.force_login(UserFactory(is_superuser=True) if superuser else user_with(group="Moderators"))

    client.post(DECIDE, {"status": "approved", "comment": seen(comment)})

    assert ReaderComment.objects.get(pk=comment.pk).status == "approved"


def test_a_forged_post_from_another_site_changes_nothing(comment):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    moderator(client)

    for path, data in posts(comment, "x").items():
        assert client.post(path, data).status_code == 403, path

    assert ReaderComment.objects.get(pk=comment.pk).status == "pending"
    assert not ModerationEvent.objects.exists()


@pytest.mark.parametrize(
    "path", ["add/", "1/", "1/change/", "1/delete/", "1/history/", "{pk}/change/", "{pk}/history/"]
)
def test_the_admins_own_pages_of_a_comment_do_not_exist(client, comment, path):
    client.force_login(UserFactory(is_superuser=True))

    assert client.get(QUEUE + path.format(pk=comment.pk)).status_code == 404


def test_a_moderator_reaches_no_other_page_of_the_admin(client):
    moderator(client)

    for path in (
        "/admin/newsroom/user/",
        "/admin/newsroom/siteidentity/",
        "/admin/articles/article/",
        "/admin/auth/group/",
    ):
        assert client.get(path).status_code == 403, path


def test_the_packages_tables_and_the_vault_are_not_at_the_desk():
    ours = {model._meta.label for model in admin.site._registry if "comment" in model._meta.label.lower()}

    assert ours == {"comments.ReaderComment", "comments.BlockRule"}


def spread(comment):
    """Leave traces of a comment wherever the desk has a page for them."""
    by = user_with(group="Moderators")
    for status in ("spam", "removed", "approved"):
        decisions.decide([comment.pk], status, by)
    Report.objects.create(comment=comment, reason="other", network_key="beef" * 8)
    people.block(comment, by, network=True)
    CommentFactory(parent=comment, email=ADDRESS)
    CommentFactory(email=ADDRESS)
    return by


def test_a_moderator_sees_no_address_and_no_network_on_any_page(client, comment):
    spread(comment)
    moderator(client)
    rules = [
        f"{RULES}{rule.pk}/{page}/" for rule in BlockRule.objects.all() for page in ("change", "history", "delete")
    ]
    lists = [f"{QUEUE}?show={show}" for show in ("waiting", "reported", "spam", "rejected", "removed", "approved")]

    for path in [*lists, LOG, f"{QUEUE}{comment.public_id}/", RULES, *rules, "/admin/"]:
        response = client.get(path)
        html = response.content.decode() + str(response.headers)
        assert response.status_code == 200, path
        for secret in ("zq7", "leak.example", NETWORK, "beef" * 8, *BlockRule.objects.values_list("value", flat=True)):
            assert secret not in html, (path, secret)


@pytest.mark.parametrize(
    "query",
    [
        "q=zq7", "q=leak.example", f"q={NETWORK}", "user_email__contains=zq7", "contact__email__contains=zq7",
        "commentcontact__email__startswith=zq7", "ip_address=127.0.0.1", "o=user_email", "ordering=-ip_address",
        "e=1&all=", "_to_field=user_email", "show=user_email", "user__email__contains=a",
    ],
)  # fmt: skip
def test_no_parameter_tells_one_address_from_another(client, comment, query):
    CommentContact.objects.update(email="other@elsewhere.example")
    moderator(client)

    before = _cases(client, query)
    CommentContact.objects.update(email=ADDRESS)

    assert _cases(client, query) == before
    assert query.startswith("q=") is (before == [])


def _cases(client, query):
    return re.findall(r'id="case-(\w+)"', _html(client, f"{QUEUE}?{query}"))


@pytest.mark.parametrize(
    "query", ["value__startswith=a", "created_by__email__contains=a", "created_by__password__startswith=a", "value=a"]
)
def test_the_blocklist_is_not_searched_by_what_it_hides(client, comment, query):
    moderator(client)

    assert client.get(f"{RULES}?{query}").status_code == 400


def test_the_address_is_shown_to_who_may_on_a_post_and_the_look_is_logged(client, comment):
    user = user_with("view_contact", group="Moderators", first_name="Ann")
    client.force_login(user)
    path = f"{QUEUE}{comment.public_id}/address/"

    assert client.get(path).status_code == 405
    assert ADDRESS not in _html(client, f"{QUEUE}{comment.public_id}/")
    assert not ModerationEvent.objects.exists()
    response = client.post(path)

    assert response.content.decode().count(ADDRESS) == 1
    assert "no-store" in response["Cache-Control"]
    event = ModerationEvent.objects.get()
    assert (event.action, event.actor, event.comment_id) == ("look", user, comment.pk)
    assert "looked at the address" in _html(client, LOG)


def test_a_moderator_cannot_see_the_address_by_a_post(client, comment):
    moderator(client)

    for page in ("address", "export", "erase"):
        response = client.post(f"{QUEUE}{comment.public_id}/{page}/", {"sure": "on"})
        assert response.status_code == 403
        assert "zq7" not in response.content.decode()
    assert ReaderComment.objects.filter(pk=comment.pk).exists()
    assert not ModerationEvent.objects.exists()


def test_all_that_is_kept_of_a_commenter_is_downloaded_and_erased_by_who_may(client, comment):
    other = CommentFactory(email="somebody@else.example")
    client.force_login(user_with("view_contact", group="Moderators"))
    base = f"{QUEUE}{comment.public_id}/"

    kept = client.post(f"{base}export/").json()
    assert [row["text"] for row in kept["comments"]] == [comment.comment]
    client.post(f"{base}erase/")
    assert ReaderComment.objects.count() == 2
    client.post(f"{base}erase/", {"sure": "on"})

    assert list(ReaderComment.objects.all()) == [other]
    assert list(ModerationEvent.objects.order_by("pk").values_list("action", flat=True)) == ["look", "erase"]


def test_who_may_see_addresses_keeps_words_sites_and_domains_on_the_blocklist(client):
    by = user_with("view_contact", group="Moderators")
    client.force_login(by)

    for kind, typed in (("word", "Buy Now"), ("link", "https://www.Spam.example/a?b"), ("domain", "@Mail.example")):
        client.post(f"{RULES}add/", {"kind": kind, "value": typed, "action": "hold", "note": "n"})

    assert set(BlockRule.objects.values_list("kind", "value", "created_by")) == {
        ("word", "buy now", by.pk), ("link", "spam.example", by.pk), ("domain", "mail.example", by.pk),
    }  # fmt: skip
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {
        "word or phrase: buy now", "site linked to: spam.example", "domain of the e-mail address: mail.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("person", ADDRESS, "kind"),
        ("person", "0" * 64, "kind"),
        ("network", "192.0.2.1", "kind"),
        ("word", ADDRESS, "value"),
        ("domain", "mail.example", "kind"),
        ("link", ADDRESS, "value"),
        ("link", "not a domain", "value"),
        ("word", "e", "value"),
        ("word", "« d' »", "value"),
        ("link", "https://", "value"),
        ("word", "", "value"),
        ("word", "w" * 201, "value"),
        ("word", "a\0b", "value"),
    ],
)
def test_no_rule_is_typed_for_a_person(client, comment, kind, value, field):
    moderator(client)

    response = client.post(f"{RULES}add/", {"kind": kind, "value": value, "action": "hold"})

    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]
    assert not BlockRule.objects.exists()


def test_a_network_is_typed_only_by_who_may_see_addresses_and_is_kept_as_its_key(client):
    client.force_login(user_with("view_contact", group="Moderators"))

    wrong = client.post(f"{RULES}add/", {"kind": "network", "value": "192.0.2.1/99", "action": "hold"})
    client.post(f"{RULES}add/", {"kind": "network", "value": "2001:db8::1", "action": "hold"})

    import ipaddress

    assert "value" in wrong.context["adminform"].form.errors
    assert BlockRule.objects.get().value == network_key(ipaddress.ip_address("2001:db8::99"))


def test_the_rule_about_a_person_can_be_changed_and_lifted_without_showing_who(client, comment):
    by = moderator(client)
    people.block(comment, by)
    rule = BlockRule.objects.get()

    page = client.get(f"{RULES}{rule.pk}/change/")
    assert set(page.context["adminform"].form.fields) == {"action", "note"}
    client.post(f"{RULES}{rule.pk}/change/", {"action": "hold", "note": "once more", "value": "x", "kind": "word"})
    changed = BlockRule.objects.get()
    assert (changed.kind, changed.value, changed.action) == ("person", rule.value, "hold")
    client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})

    assert not BlockRule.objects.exists()


def test_staff_named_by_an_address_are_not_shown_by_it(client, comment):
    moderator(client)
    decisions.decide([comment.pk], "spam", user_with(group="Moderators", username="who@leak.example"))

    assert "who@leak" not in _html(client, LOG) + _html(client, f"{QUEUE}?show=spam")


def test_a_colleague_named_by_an_address_is_not_shown_by_it_beside_her_rules(client):
    client.force_login(user_with(group="Moderators", username="who@leak.example"))
    client.post(f"{RULES}add/", {"kind": "word", "value": "xyz", "action": "hold"})
    moderator(client)

    pages = [_html(client, path) for path in (RULES, f"{RULES}{BlockRule.objects.get().pk}/history/")]

    assert [page.count("[address]") for page in pages] == [1, 1]
    assert "who@leak" not in "".join(pages)


def test_an_address_typed_into_a_reason_or_a_note_is_masked(client, comment):
    moderator(client)

    client.post(DECIDE, {"status": "spam", "comment": seen(comment), "words": f"It is {ADDRESS}"})
    client.post(f"{RULES}add/", {"kind": "word", "value": "xyz", "action": "hold", "note": f"See {ADDRESS}"})

    assert ModerationEvent.objects.get(action="decide").reason == "It is …@…"
    assert BlockRule.objects.get().note == "See …@…"


def test_who_may_delete_an_article_deletes_it_with_its_comments(client, comment):
    client.force_login(user_with(group="Editors"))

    client.post(f"/admin/articles/article/{comment.article.pk}/bin/", {"sure": "1"})
    kept = ReaderComment.objects.count()
    client.post(f"/admin/articles/article/{comment.article.pk}/delete/", {"post": "yes"})

    assert (kept, ReaderComment.objects.exists()) == (1, False)


def test_the_blocklist_has_one_name_on_every_page(client):
    by = moderator(client)
    rule = BlockRule.objects.create(kind="word", value="casino", created_by=by)
    client.post(f"{RULES}{rule.pk}/change/", {"kind": "word", "value": "casinos", "action": "hold"})
    many = client.post(RULES, {"action": "delete_selected", "_selected_action": rule.pk})
    pages = [
        client.get(f"{RULES}{path}")
        for path in ("", "add/", *(f"{rule.pk}/{at}/" for at in ("change", "delete", "history")))
    ]

    for page in [*pages, many, client.get("/admin/")]:
        root = html.fromstring(page.content)
        assert {link.text for link in root.xpath(f"//a[@href='{RULES}']")} <= {"Blocklist"}
        assert "Rules" not in root.text_content()
    assert html.fromstring(client.get("/admin/").content).xpath(f"//a[@href='{RULES}']/text()") == ["Blocklist"]
    assert all(
        html.fromstring(page.content).xpath("//nav//a/text()").count("Blocklist") == 1 for page in [*pages, many]
    )


def test_the_blocklist_stands_among_the_lists_of_comments_and_counts_only_what_was_searched_for(client):
    by = moderator(client)
    BlockRule.objects.create(kind="word", value="casino", note="Adverts", created_by=by)

    page, found = (html.fromstring(client.get(RULES + query).content) for query in ("", "?q=adverts"))

    assert page.xpath("string(//h1)") == "Blocklist"
    tabs = [(tab.get("href"), tab.get("aria-current")) for tab in page.xpath("//nav[@class='queue__tabs']/a")]
    assert (tabs[0], tabs[-1]) == ((f"{QUEUE}?show=waiting", None), (RULES, "page"))
    assert [root.xpath("string(//form[@role='search']//span)") for root in (page, found)] == ["", "1 result (Show all)"]
