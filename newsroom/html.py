"""Cleaning HTML that people write: one function, and policies that belong to the apps."""

from dataclasses import dataclass, field

import nh3
from django.db import models

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
    return printable(cleaned)  # once more: an entity such as &#1; has become a sign


class CleanHTMLField(models.TextField):
    """A text field that holds nothing its policy does not allow, however it was written: form, import or shell."""

    def __init__(self, *args, policy=None, **options):
        self.policy = policy
        super().__init__(*args, **options)

    def pre_save(self, instance, add):
        html = clean(getattr(instance, self.attname) or "", self.policy)
        setattr(instance, self.attname, html)
        return html
