"""The thread and the form below an article: drawn, or taken as they were kept."""

from django import template
from django.template.loader import render_to_string

from articles.models import Article
from articles.structured_data import data_block
from comments import thread
from comments.forms import CommentForm
from comments.structured_data import discussed
from newsroom.cache import good_until
from newsroom.parts import kept

register = template.Library()


@register.inclusion_tag("components/_discussion.html")
def discussion(article, page=None):
    """Draw an article's comments, its first page unless another is given, and the form where comments are open.

    Two queries.
    """
    good_until(article.comments_close_at)
    page = page or thread.load(article.pk)
    return {
        "article": article,
        "thread": page,
        "data": data_block(discussed(article, page.nodes)) if page.nodes else "",
        "open": article.accepts_comments,
        "closes_at": article.comments_close_at,
        "form": CommentForm(),
    }


@register.simple_tag
def kept_discussion(article_pk):
    """Give what `discussion` draws below a published article, kept until the thread or the article changes."""

    def draw():
        article = Article.objects.defer("body").get(pk=article_pk)
        return render_to_string("components/_discussion.html", discussion(article))

    return kept(f"discussion {article_pk}", draw)
