vcl 4.1;
# Varnish in front of the site, from Debian's package; the site's .env says CDN_PURGE=varnish+http://127.0.0.1:6081
# HTTPS ends before it (nginx, Caddy, hitch), and PROXY_HOPS counts that one and this one.

import std;

backend site {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = {
        .request = "GET /healthz HTTP/1.1" "Host: localhost" "Connection: close";
        .interval = 5s;
    }
}

# Who may purge: the site's own machines.
acl site_machines {
    "127.0.0.1";
    "::1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ site_machines) {
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
}

sub vcl_backend_response {
    set beresp.grace = 24h;
    # What carries no key cannot be purged: a minute, as in a browser. Pictures and style sheets never change.
    if (!beresp.http.Surrogate-Key && beresp.http.Cache-Control !~ "immutable" && beresp.ttl > 60s) {
        set beresp.ttl = 60s;
    }
}

sub vcl_deliver {
    unset resp.http.Surrogate-Key;
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}
