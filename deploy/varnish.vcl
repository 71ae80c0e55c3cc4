vcl 4.1;
# Varnish in front of the site, from Debian's package; the site's .env says CDN_PURGE=varnish+http://127.0.0.1:6081
# HTTPS ends before it, in nginx or Caddy, which set X-Forwarded-For, or in hitch, which speaks the PROXY protocol.
# PROXY_HOPS counts that one and this one.

import std;

backend site {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = {
        .request = "GET /healthz HTTP/1.1" "Host: localhost" "Connection: close";
        .interval = 5s;
    }
}

# Who may purge: the site's own machines, and nobody whose request came through a proxy on one of them.
acl site_machines {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.restarts > 0) {
        return (pass);
    }
    unset req.http.X-Asked;
    if (req.method == "PURGE") {
        # Varnish adds the address that it sees itself; any other is a proxy's word.
        if (client.ip !~ site_machines || (req.http.X-Forwarded-For && req.http.X-Forwarded-For != "" + client.ip)) {
            return (synth(403, "Forbidden"));
        }
        # Keys are words; anything else would be read as a part of the expression.
        if (req.http.Surrogate-Key !~ "^[\w:-]+( [\w:-]+)*$") {
            return (synth(400, "Keys expected"));
        }
        ban("obj.http.Surrogate-Key ~ (^|\s)(" + regsuball(req.http.Surrogate-Key, " ", "|") + ")(\s|$)");
        return (synth(200, "Purged"));
    }
    if (req.method != "GET" && req.method != "HEAD" || req.url ~ "^/admin/" || req.http.Authorization) {
        return (pass);
    }
    # No public page looks at a cookie.
    unset req.http.Cookie;
    # Late pages are for when the site is down.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 0s;
    }
    # What pages of the site read in a query; anything else there makes no second copy.
    if (req.url ~ "\?") {
        set req.http.X-Asked = req.url;
        set req.url = regsub(req.url, "\?.*", "") + regsub(
            regsuball(
                regsub(req.url, "^[^?]*\?", "&"),
                "&(?!(?:s|feed|p|page_id|q|tag|year|page|format|url|maxwidth|maxheight)(?:[=&]|$))[^&]*", ""),
            "^&", "?");
    }
}

sub vcl_backend_response {
    set beresp.grace = 24h;
    # What carries no key cannot be purged: a minute, as in a browser. Pictures and style sheets never change.
    if (!beresp.http.Surrogate-Key && beresp.http.Cache-Control !~ "immutable" && beresp.ttl > 60s) {
        set beresp.ttl = 60s;
    }
}

sub vcl_deliver {
    # No page: a redirect that the desk keeps may know the whole query.
    if (resp.status >= 300 && resp.status <= 410 && req.http.X-Asked && req.http.X-Asked != req.url && req.restarts == 0) {
        set req.url = req.http.X-Asked;
        return (restart);
    }
    unset resp.http.Surrogate-Key;
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}
