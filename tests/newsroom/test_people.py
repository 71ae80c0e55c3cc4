"""Who works here: one role each, and an owner that the site never loses."""

import pytest
from django.contrib.auth.models import Group, Permission
from lxml.html import fromstring

from newsroom.models import User
from tests.articles.desk import writer
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = "/admin/newsroom/user/"


def change(client, user, **values):
    """Save an account's page as it is but for these values; None takes one away."""
    form = client.get(f"{LIST}{user.pk}/change/").context["adminform"].form
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    typed = {name: value for name, value in (shown | values).items() if value is not None}
    return client.post(f"{LIST}{user.pk}/change/", typed)


def refusals(response):
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


OWN = "This is your own account: another owner may do this."
LAST = "The site would have no owner any more: make somebody else its owner first."


@pytest.mark.parametrize(("others", "why"), [(0, LAST), (1, OWN)])
@pytest.mark.parametrize(("field", "value"), [("is_active", None), ("role", "Editors")])
def test_nobody_takes_his_own_rights_and_nothing_typed_is_lost(client, others, why, field, value):
    me = writer(client)
    UserFactory.create_batch(others, is_superuser=True)

    response = change(client, me, **{field: value, "first_name": "Typed"})

    assert refusals(response) == {field: [why]}
    assert response.context["adminform"].form["first_name"].value() == "Typed"
    me.refresh_from_db()
    assert (me.is_active, me.is_superuser, me.first_name) == (True, True, "")


def test_nobody_deletes_himself_and_is_told_why_not(client):
    me, other = writer(client), UserFactory(is_superuser=True)
    chosen = {"action": "delete_selected", "_selected_action": [me.pk, other.pk]}

    page = fromstring(client.get(f"{LIST}{me.pk}/change/").content)
    one = client.post(f"{LIST}{me.pk}/delete/", {"post": "yes"}, follow=True)
    asked = client.post(LIST, chosen)
    client.post(LIST, chosen | {"post": "yes"})
    alone = client.post(LIST, chosen | {"post": "yes"}, follow=True)

    assert not page.xpath("//a[contains(@href, '/delete/')]")
    assert page.xpath("//p[@class='quiet']/text()") == [f"This cannot be deleted. {OWN}"]
    assert [str(message) for message in one.context["messages"]] == [f"This cannot be deleted. {OWN}"]
    assert [row.pk for row in asked.context["queryset"]] == [other.pk]
    assert list(User.objects.all()) == [me]
    assert f"“{me.username}” stays: {LAST}" in [str(message) for message in alone.context["messages"]]


def test_an_account_saved_as_it_is_keeps_its_rights(client):
    writer(client)
    Group.objects.create(name="Guests")
    rights = Permission.objects.filter(codename="view_photo")
    accounts = {
        "several": ["Editors", "Guests"], "own": ["Guests"], "both": ["Editors", "Moderators"], "none": [], "odd": ["Editors"],
    }  # fmt: skip
    for name, groups in accounts.items():
        user = UserFactory(username=name)
        user.groups.set(Group.objects.filter(name__in=groups))
    User.objects.get(username="odd").user_permissions.set(rights)
    UserFactory(username="away", is_staff=False)

    for user in User.objects.filter(is_superuser=False):
        assert change(client, user, first_name="Bea").status_code == 302

    for name, groups in accounts.items():
        user = User.objects.get(username=name)
        assert [group.name for group in user.groups.order_by("name")] == groups
        assert (user.first_name, user.is_staff, user.is_superuser) == ("Bea", True, False)
    assert list(User.objects.get(username="odd").user_permissions.all()) == list(rights)
    assert not User.objects.get(username="away").is_staff


def test_another_role_takes_the_place_of_what_somebody_had(client):
    writer(client)
    guests = Group.objects.create(name="Guests")
    user = UserFactory(is_superuser=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_photo"))

    def rights():
        user.refresh_from_db()
        return [group.name for group in user.groups.order_by("name")], user.is_superuser, user.is_staff

    change(client, user, role="Editors+Moderators")
    assert (rights(), user.user_permissions.count()) == ((["Editors", "Moderators"], False, True), 0)
    change(client, user, role=str(guests.pk))
    assert rights() == (["Guests"], False, True)
    change(client, user, role="owner")
    assert rights() == ([], True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_says_each_ones_role(client, count, django_assert_num_queries):
    writer(client)
    for _number in range(count):
        UserFactory(username=f"z{_number}").groups.set(Group.objects.all())

    with django_assert_num_queries(9):
        rows = fromstring(client.get(LIST).content).xpath("//tbody/tr")

    roles = [row.xpath("string(td[contains(@class, 'field-role')])") for row in rows]
    assert roles == ["Owner"] + ["Author, editor and moderator"] * count
