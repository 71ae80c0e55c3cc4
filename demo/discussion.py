"""Put the demo's comments below its articles, the way readers' comments get there."""

from datetime import timedelta

from django.utils import timezone
from django.utils.text import slugify

from articles.models import Article
from comments import decisions
from comments.keys import email_key
from comments.models import CommentContact, ReaderComment
from demo.content import group, table


def load_comments():
    """Make the comments of articles that have none yet."""
    articles, comments = {}, {}
    for entry in table("comments")["comments"]:
        place = group(entry["article"]), entry["lang"]
        if place not in articles:
            article = Article.objects.filter(group=place[0], language=place[1]).select_related("author").first()
            fresh = article and not ReaderComment.objects.filter(article=article).exists()
            articles[place] = article if fresh else None
        if articles[place]:
            comments[entry["key"]] = load_comment(articles[place], comments.get(entry["parent"]), entry)


def load_comment(article, parent, entry):
    written = min(timezone.now(), (article.published_at or timezone.now()) + timedelta(hours=entry["hours_after"]))
    by_author = entry.get("staff", False)
    comment = decisions.add(
        article,
        parent,
        user_name=article.author.name if by_author else entry["name"],
        comment=entry["text"],
        is_author=by_author,
        submit_date=written,
    )
    if not by_author:
        email = f"{slugify(entry['name'])}@reader.example"
        CommentContact.objects.create(comment=comment, email=email, email_key=email_key(email))
    decisions.decide([comment.pk], entry["state"], by=None)
    return comment
