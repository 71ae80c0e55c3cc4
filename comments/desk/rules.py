"""What moderators fill in for a rule of the blocklist, and what is asked before one drops a whole network."""

import ipaddress

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments import text
from comments.models import BlockRule
from newsroom.limits import network_key

Kind = BlockRule.Kind
HOUSEHOLD = {4: 32, 6: 64}  # the prefix of what one household has: see newsroom.limits.network_key


class RuleForm(forms.ModelForm):
    """A rule of the blocklist. People are put on it from a comment of theirs, and never by an address."""

    class Meta:
        model = BlockRule
        fields = ("kind", "value", "action", "note")
        help_texts = {
            "value": _(
                "A word or phrase, a domain such as example.org, a network such as 192.0.2.0/24. To block a person, open "
                "one of her comments."
            ),
            "note": _("For your colleagues: why this rule is here."),
        }

    may_see_addresses = False
    sure = forms.BooleanField(label=_("Yes, drop what comes from all of this network"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "kind" in self.fields:
            hidden = {Kind.PERSON} if self.may_see_addresses else set(BlockRule.TELLING)
            if not self.may_see_addresses:
                self.fields["value"].help_text = _(
                    "A word or phrase, or a domain such as example.org. To block a person, open one of her comments."
                )
            self.fields["kind"].choices = [choice for choice in Kind.choices if choice[0] not in hidden]
        if (self.data.get("kind") if "kind" in self.fields else self.instance.kind) != Kind.NETWORK:
            del self.fields["sure"]

    def clean_value(self):
        """Return it as comments are searched for it, so that what is on the list twice, or too long so, is told."""
        return text.one_line(self.cleaned_data["value"]).casefold()

    def clean(self):
        found = super().clean()
        kind, value = found.get("kind", self.instance.kind), found.get("value", "")
        if kind == Kind.NETWORK:
            self._check_network(found, value)
        elif text.ADDRESS.search(value):
            self.add_error("value", _("This is an address of a person. Open a comment of hers and block her there."))
        elif kind == Kind.WORD and _network(value):
            self.add_error(
                "value", _("This is a network: it stands on the list as one, put there by who may see addresses.")
            )
        elif kind in (Kind.LINK, Kind.DOMAIN) and value:
            found["value"] = self._domain(value)
        elif kind == Kind.WORD and value and sum(sign.isalnum() for sign in value) < BlockRule.MIN_WORD:
            self.add_error("value", _("Nearly every comment has this in it: give three letters at least."))
        return found

    def _check_network(self, found, value):
        """Put the network's key, or its range, in the place of what was typed; have dropping it confirmed."""
        network = None
        if value or self.instance.is_range:
            network = _network(value or self.instance.value)
            if network is None:
                return self.add_error("value", _("This is no network. It looks like 192.0.2.1 or 2001:db8::/48."))
            if not network.prefixlen:
                return self.add_error("value", _("This is every address there is: close the comments instead."))
        if value:
            one = network.prefixlen >= HOUSEHOLD[network.version]
            found["value"] = network_key(network.network_address) if one else str(network)
        changed = {"kind", "value", "action"} & {*self.changed_data}
        if changed and found.get("action") == BlockRule.Action.REFUSE and not found.get("sure"):
            told = _("Whoever writes from this network would be dropped without being told: %s. Tick this to do so.")
            self.add_error("sure", told % reach(network))

    def _domain(self, value):
        domain = value.partition("://")[2] or value
        domain = domain.partition("/")[0].strip(".@").removeprefix("www.")
        if "." not in domain or any(sign.isspace() for sign in domain):
            self.add_error("value", _("This is not a domain. It looks like example.org."))
        return domain


def _network(value):
    """Return the IP network that a value names, or None."""
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def reach(network):
    """Say how much an IP network holds; None is one household's."""
    if network is None or network.prefixlen >= HOUSEHOLD[network.version]:
        return _("one household, or all who share one address, as in a company or with a mobile operator")
    count = 2 ** (HOUSEHOLD[network.version] - network.prefixlen)
    number = number_format(count, force_grouping=True)
    if network.version == 4:
        return ngettext("%s address", "%s addresses", count) % number
    return ngettext("%s household", "%s households", count) % number
