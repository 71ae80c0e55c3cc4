"""A thread as schema.org describes it: a name, a text and a date each, nothing else of anybody."""

from articles.structured_data import absolute, moment


def discussed(article, nodes):
    """Return the article, by its @id alone, with the comments of these nodes; empty places are left out."""
    url = absolute(article.get_absolute_url())
    comments = [
        {
            "@type": "Comment",
            "@id": f"{url}#comment-{node.public_id}",
            "author": {"@type": "Person", "name": node.name},
            "datePublished": moment(node.date),
            "text": node.comment,
        }
        for node in nodes
        if not node.removed
    ]
    return {"@type": "NewsArticle", "@id": f"{url}#article", "comment": comments}
