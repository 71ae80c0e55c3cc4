"""Fill a scratch database with comments in every state, each with an address of its own, and with who may look."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from articles.models import Article, Author
from comments import decisions, intake, notices, people, rights, thread
from comments.forms import ReportForm
from comments.keys import email_key, token
from comments.models import CommentContact, PendingComment, ReaderComment, Report
from newsroom.models import User

HELD = "planted-and-held"
SHOWN = "planted-and-shown"


@dataclass
class Planted:
    """What was planted: every reader's address, who looks, and where to look beyond what a crawl finds.

    `links` and `mine` are pairs of an address and a path that only a mail to that address holds. `crowd` are comments
    like the others, which need not be visited one by one.
    """

    articles: list = field(default_factory=list)
    addresses: list = field(default_factory=list)
    staff: dict = field(default_factory=dict)
    paths: list = field(default_factory=list)
    mine: list = field(default_factory=list)
    links: list = field(default_factory=list)
    crowd: list = field(default_factory=list)

    def address(self, of):
        found = f"zq7.{of}.marker{len(self.addresses)}x@leak-{of}.example"
        self.addresses.append(found)
        return found


def plant():
    """Fill the current database, and return what was put there."""
    planted = Planted()
    author = Author.objects.create(name="Planted Author", slug="planted-author")
    _hire(planted, "moderator", "planted-moderator", "Moderators")
    _hire(planted, "editor", "planted-editor", "Editors")
    # Somebody who logs in with an address: colleagues see what she decided, and not by which name she logs in.
    _hire(planted, "colleague", planted.address("colleague"), "Moderators")
    for language in settings.EDITIONS:
        article = Article.objects.create(
            language=language,
            title="Planted",
            slug="planted",
            author=author,
            published_at=timezone.now(),
            body="<p>x</p>",
        )
        planted.articles.append(article)
        _plant_thread(planted, article)
    _plant_crowd(planted, planted.articles[0])
    notices.send_digests()
    return planted


def _hire(planted, what, username, group):
    user = User.objects.create(username=username, email=f"{what}@newsroom.invalid", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    planted.staff[what] = user


def _plant_thread(planted, article):
    typed, by = planted.address("typed"), planted.staff["colleague"]
    root = _plant_comment(planted, article, planted.address("root"), f"{SHOWN} write to {typed}", follows=True)
    decisions.decide([root.pk], "approved", by)
    for status in ReaderComment.Status.values:
        words = SHOWN if status == "approved" else HELD
        reply = _plant_comment(planted, article, planted.address(status), words, parent=root, follows=True)
        decisions.decide([reply.pk], "approved", by)
        decisions.decide([reply.pk], status, by)
        notices.published.call(reply.pk)
        planted.paths += _paths_of(article, reply)
    decisions.publish_reply(root, by, f"{SHOWN} in reply")
    people.block(reply, by, f"ask {typed}", network=True)
    form = ReportForm({"reason": "other", "note": f"ask {typed}"})
    form.is_valid()
    Report.objects.create(comment=root, network_key="planted", reason="other", note=form.cleaned_data["note"])
    planted.paths += _paths_of(article, root)
    _plant_links(planted, article, root)


def _plant_links(planted, article, root):
    """Send what leads a reader to what is hers, and keep the links: a person's own pages show nobody else's address."""
    owner = planted.address("owner")
    _plant_comment(planted, article, owner, SHOWN, parent=root, follows=True)
    secret = _submit(article, root, _words(planted, owner, f"{HELD} unconfirmed"))
    planted.links.append((owner, notices.path_in(article, "confirm", secret)))
    unsubscribe = CommentContact.objects.get(email=owner).unsubscribe_token
    planted.links.append((owner, notices.path_in(article, "unsubscribe", unsubscribe)))
    for contact in CommentContact.objects.filter(comment__article=article):
        own = notices.path_in(article, "mine", rights.make_own_link(contact.email_key))
        planted.mine.append((contact.email, own))


def _plant_crowd(planted, article):
    """Make the thread go on on a second page."""
    address = planted.address("crowd")
    for number in range(thread.ROOTS_PER_PAGE):
        words = {"name": "One of a crowd", "email": address, "comment": f"{SHOWN} {number}", "follows": False}
        intake.confirm(_submit(article, None, words))
    crowd = dict(ReaderComment.objects.filter(user_name="One of a crowd").values_list("pk", "public_id"))
    decisions.decide(list(crowd), "approved", None)
    planted.crowd = list(crowd.values())


def _words(planted, email, comment, follows=False):
    return {"name": f"N {planted.address('name')}", "email": email, "comment": comment, "follows": follows}


def _submit(article, parent, words):
    """Send one comment, and return the secret of the link in the message that asks to confirm it."""
    intake.submit(article, parent, words, "planted")
    secret = token()
    pending = PendingComment.objects.unconfirmed().filter(email_key=email_key(words["email"]))
    pending.update(token_hash=intake.token_hash(secret))
    return secret


def _plant_comment(planted, article, email, words, parent=None, follows=False):
    """Take one comment the way a reader's goes: form, message, confirmation."""
    return intake.confirm(_submit(article, parent, _words(planted, email, words, follows))).comment


def _paths_of(article, comment):
    with article.in_language():
        base = article.get_absolute_url()
    return [f"{base}{name}/{comment.public_id}/" for name in ("reply", "report", "comment")]
