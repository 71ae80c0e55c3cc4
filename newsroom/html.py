"""Cleaning HTML that people write: one function, and policies that belong to the apps."""

import re
from dataclasses import dataclass, field

import nh3
from django.db import models

from newsroom.typed import straight
from newsroom.xml import printable


@dataclass(frozen=True)
class Policy:
    """What one kind of writer may use: tags; attributes and classes per tag; values allowed per tag and attribute."""

    tags: frozenset
    attributes: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)
    schemes: frozenset = frozenset({"https", "http", "mailto"})


def clean(html, policy):
    """Return `html` with only what `policy` allows, well formed; the content of scripts and styles goes with them."""
    cleaned = nh3.clean(
        printable(html),
        tags=set(policy.tags),
        attributes={tag: set(names) for tag, names in policy.attributes.items()},
        tag_attribute_values={
            tag: {name: set(values) for name, values in by_name.items()} for tag, by_name in policy.values.items()
        },
        allowed_classes={tag: set(names) for tag, names in policy.classes.items()},
        url_schemes=set(policy.schemes),
        link_rel=None,
    )
    # What an entity such as &#1; or &#x202e; stood for is a sign by now.
    return _without_idle_links(straight(printable(cleaned)))


def _without_idle_links(html):
    """Return cleaned HTML without the links that lead nowhere; their words stay."""
    leads = []

    def kept(tag):
        if tag[0] != "</a>":
            leads.append(' href="' in tag[0])
            return tag[0] if leads[-1] else ""
        return tag[0] if leads.pop() else ""

    return re.sub(r"<a(?: [^>]*)?>|</a>", kept, html)  # in what nh3 writes, no value of an attribute holds a >


class CleanHTMLField(models.TextField):
    """A text field that holds nothing its policy does not allow, however it was written: form, import or shell."""

    def __init__(self, *args, policy=None, **options):
        self.policy = policy
        super().__init__(*args, **options)

    def pre_save(self, instance, add):
        html = clean(getattr(instance, self.attname) or "", self.policy)
        setattr(instance, self.attname, html)
        return html
