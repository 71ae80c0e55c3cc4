"""What an address looks like when somebody tries to hide it, and which of those planted a text gives away."""

import base64
import hashlib
import html
from urllib.parse import quote, unquote

from comments.keys import email_key


def spellings(address):
    """Return the forms of an address that are searched: plain, percent, entities, base64, hashes; all lower case."""
    local = address.partition("@")[0]
    plain = {address, address.lower(), local, quote(address, safe=""), email_key(address)}
    plain |= {address.replace("@", entity) for entity in ("&#64;", "&#x40;", "&commat;", "＠", "(at)", "%2540")}
    for text in {address, address.lower(), address.upper()}:
        raw = text.encode()
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw, usedforsecurity=False)
            plain |= {digest.hexdigest(), base64.b64encode(digest.digest()).decode().rstrip("=")}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            plain.add(coded[4 if shift else 0 : len(coded) - 4])
    return {form.lower() for form in plain} | {form.lower().translate(str.maketrans("+/", "-_")) for form in plain}


class Searcher:
    """Looks for planted addresses in what the site answers."""

    def __init__(self, addresses):
        self.spellings = {address: spellings(address) for address in addresses}

    def search(self, text, allowed=()):
        """Return the addresses that `text` gives away in any spelling, save those allowed."""
        texts = {text.lower(), html.unescape(text).lower(), unquote(text).lower(), unquote(html.unescape(text)).lower()}
        return [
            address
            for address, forms in self.spellings.items()
            if address not in allowed and any(form in seen for form in forms for seen in texts)
        ]
