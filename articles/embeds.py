"""What stands behind a link to another service: its name, where its player is and who can say more. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit


@dataclass(frozen=True)
class Embed:
    """`player` is what an iframe shows after a click; empty for a service that is only linked to.

    `shape` says what room the player wants: video (16:9), audio (a strip), chart (tall).
    """

    service: str
    url: str
    player: str = ""
    shape: str = "video"

    @property
    def origin(self):
        """The one origin that a page must let a frame come from: https://player.vimeo.com."""
        return self.player and "https://" + urlsplit(self.player).netloc

    @property
    def asked_at(self):
        """The address that says, in JSON, what the link shows (articles/lookup.py)."""
        parts = urlsplit(self.url)
        number = parts.path.rstrip("/").rpartition("/")[2]
        return ASKED_AT[self.service].format(url=quote(self.url, safe=""), host=parts.hostname, number=number)


def recognise(url):
    """Return the Embed of an address as it stands in a browser's bar, or None. Nothing about `url` is trusted."""
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and parts.port is None and "@" not in parts.netloc
    except ValueError:
        return None
    if not known or not parts.hostname:
        return None
    ours = [find for hosts, find in SERVICES if parts.hostname in hosts]
    for find in ours or ANYWHERE:
        if found := find(parts, parse_qs(parts.query)):
            service, player, shape = found
            return Embed(service, url.strip(), player, shape)
    return None


def _youtube(parts, query):
    found = re.fullmatch(r"/(?:(?:shorts|live|embed|v)/)?([\w-]{11})/?", parts.path, re.ASCII)
    code = found[1] if found and (parts.hostname == "youtu.be" or parts.path.count("/") > 1) else ""
    if parts.path.rstrip("/") == "/watch":
        code = _one(query, "v", r"[\w-]{11}")
    start = _seconds(_one(query, "t", r"\w{1,9}") or _one(query, "start", r"\w{1,9}"))
    series = _one(query, "list", r"[\w-]{10,64}")
    base = "https://www.youtube-nocookie.com/embed/"
    if code:
        return "YouTube", f"{base}{code}?autoplay=1" + (f"&start={start}" if start else ""), "video"
    if parts.path.rstrip("/") == "/playlist" and series:
        return "YouTube", f"{base}videoseries?list={series}", "video"
    return None


def _vimeo(parts, query):
    path = r"(?:/video|/channels/[\w-]+|/groups/[\w-]+/videos|/showcase/\d+/video)?/(\d{5,12})(?:/([0-9a-f]{6,20}))?/?"
    if not (found := re.fullmatch(path, parts.path, re.ASCII)):
        return None
    secret = found[2] or _one(query, "h", r"[0-9a-f]{6,20}")
    player = f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1" + (f"&h={secret}" if secret else "")
    return "Vimeo", player, "video"


def _spotify(parts, query):
    path = r"(?:/intl-[a-z-]{2,5})?(?:/embed)?/(track|album|playlist|artist|episode|show)/(\w{22})/?"
    if not (found := re.fullmatch(path, parts.path, re.ASCII)):
        return None
    return "Spotify", f"https://open.spotify.com/embed/{found[1]}/{found[2]}", "audio"


def _soundcloud(parts, query):
    if parts.hostname == "on.soundcloud.com":  # a short address: only its service knows what it stands for
        return ("SoundCloud", "", "audio") if re.fullmatch(r"/\w{4,40}/?", parts.path, re.ASCII) else None
    if not re.fullmatch(r"/[\w-]+/(sets/)?[\w-]+/?", parts.path, re.ASCII):
        return None
    address = quote(f"https://soundcloud.com{parts.path}", safe="")
    return "SoundCloud", f"https://w.soundcloud.com/player/?url={address}&auto_play=true", "audio"


def _datawrapper(parts, query):
    path = r"/_/(\w{5})/?" if "dwcdn" not in parts.hostname else r"/(\w{5})(?:/\d{1,5})?/?"
    if not (found := re.fullmatch(path, parts.path, re.ASCII)):
        return None
    return "Datawrapper", f"https://datawrapper.dwcdn.net/{found[1]}/", "chart"


def _x(parts, query):
    return ("X", "", "post") if re.fullmatch(r"/\w{1,15}/status/\d{5,20}/?", parts.path, re.ASCII) else None


def _bluesky(parts, query):
    found = re.fullmatch(r"/profile/[\w.:-]{3,253}/post/[a-z0-9]{8,20}/?", parts.path, re.ASCII)
    return ("Bluesky", "", "post") if found else None


# Anybody may run one of these: only the shape of the path tells it, and no frame is opened to a host nobody knows.


def _mastodon(parts, query):
    found = re.fullmatch(r"/(@[\w.-]+(@[\w.-]+)?(/statuses)?|users/[\w.-]+/statuses)/\d{15,20}/?", parts.path, re.ASCII)
    return ("Mastodon", "", "post") if found else None


def _peertube(parts, query):
    short, long = "[1-9A-HJ-NP-Za-km-z]{20,22}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    found = re.fullmatch(rf"/(w|w/p|videos/watch|videos/embed)/({short}|{long})/?", parts.path, re.ASCII)
    return ("PeerTube", "", "video") if found else None


SERVICES = [
    (
        {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"}
        | {"youtube-nocookie.com", "www.youtube-nocookie.com"},
        _youtube,
    ),
    ({"vimeo.com", "www.vimeo.com", "player.vimeo.com"}, _vimeo),
    ({"open.spotify.com"}, _spotify),
    ({"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "on.soundcloud.com"}, _soundcloud),
    ({"datawrapper.dwcdn.net", "www.datawrapper.de", "datawrapper.de"}, _datawrapper),
    ({"x.com", "www.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"}, _x),
    ({"bsky.app"}, _bluesky),
]
ANYWHERE = (_mastodon, _peertube)

# oEmbed (oembed.com), save for Mastodon: there it would not say what the post says.
ASKED_AT = {
    "YouTube": "https://www.youtube.com/oembed?format=json&url={url}",
    "Vimeo": "https://vimeo.com/api/oembed.json?width=1280&url={url}",
    "Spotify": "https://open.spotify.com/oembed?url={url}",
    "SoundCloud": "https://soundcloud.com/oembed?format=json&url={url}",
    "Datawrapper": "https://api.datawrapper.de/v3/oembed?format=json&url={url}",
    "X": "https://publish.twitter.com/oembed?omit_script=true&dnt=true&url={url}",
    "Bluesky": "https://embed.bsky.app/oembed?format=json&url={url}",
    "Mastodon": "https://{host}/api/v1/statuses/{number}",
    "PeerTube": "https://{host}/services/oembed?format=json&url={url}",
}


def _one(query, name, shape):
    """Return a value of the query string if it has this shape, else nothing."""
    value = query.get(name, [""])[0]
    return value if re.fullmatch(shape, value, re.ASCII) else ""


def _seconds(text):
    """Return 90 for 90, 90s and 1m30s."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text, re.ASCII)
    hours, minutes, seconds = (int(number or 0) for number in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
