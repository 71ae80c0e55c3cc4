import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
import redis
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

from newsroom import env, limits


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""

    class Clock:
        now = 6_000_000.0

    monkeypatch.setattr(limits.time, "time", lambda: Clock.now)
    return Clock


def test_so_many_are_allowed_and_no_more(clock):
    assert [limits.allow("post", "a", 2, 60) for _ in range(4)] == [True, True, False, False]


def test_each_key_and_each_scope_counts_for_itself(clock):
    assert [limits.allow("post", "a", 1, 60), limits.allow("post", "b", 1, 60)] == [True, True]
    assert [limits.allow("look", "a", 1, 60), limits.allow("post", "a", 1, 60)] == [True, False]


def test_the_window_slides_and_the_refused_do_not_count(clock):
    clock.now += 59
    assert [limits.allow("post", "a", 4, 60) for _ in range(9)].count(True) == 4
    clock.now += 2
    assert not limits.allow("post", "a", 4, 60)  # a new window, but nearly all of the last one is within reach
    clock.now += 30
    assert [limits.allow("post", "a", 4, 60) for _ in range(3)] == [True, True, False]
    clock.now += 90
    assert limits.allow("post", "a", 4, 60)


def test_of_several_limits_one_that_refuses_counts_for_none(clock):
    wide, narrow = ("post", "a", 3, 60), ("mails", "all", 1, 3600)

    assert [limits.allow_all(wide, narrow) for _ in range(9)].count(True) == 1
    assert [limits.allow("post", "a", 3, 60) for _ in range(3)] == [True, True, False]


def test_at_once_from_many_threads_no_more_than_allowed_pass():
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: limits.allow("post", "a", 10, 3600), range(200)))

    assert 8 <= answers.count(True) <= 10  # one that is being refused may hold a place for an instant


def test_limits_can_be_lifted(settings, clock):
    settings.LIMITS = False
    assert [limits.allow("post", "a", 1, 60) for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize("key", ["", "é" * 10_000, "a b\n\x00", "\udc80", 7])
def test_any_key_can_be_counted(key, clock):
    assert [limits.allow("post", key, 1, 60), limits.allow("post", key, 1, 60)] == [True, False]


def test_a_cache_that_fails_refuses_nobody(monkeypatch, caplog):
    def fail(*args, **options):
        raise ConnectionError("redis at secret.example is gone")

    monkeypatch.setattr(LocMemCache, "add", fail)
    assert [limits.allow("post", "a", 1, 60) for _ in range(2)] == [True, True]
    assert caplog.messages == ["limits: the cache failed (ConnectionError)"] * 2


@pytest.mark.redis
def test_all_machines_count_together_in_redis_under_the_name_of_the_site(settings, redis_place):
    settings.CACHES = {"default": env.cache(redis_place)}
    assert limits.allow("post", "a", 1, 60)
    place, name = redis_place.split("#")

    with redis.Redis.from_url(place) as server:
        [key] = server.keys(f"{name}:*limit:post:*")
        assert (int(server.get(key)), 60 < server.ttl(key) <= 120) == (1, True)
        server.incr(key)  # another machine
    assert not limits.allow("post", "a", 2, 60)


def test_a_redis_that_is_gone_refuses_nobody(settings, caplog):
    settings.CACHES = {"default": env.cache("redis://127.0.0.1:1/0")}
    began = time.monotonic()

    assert [limits.allow("post", "a", 1, 60) for _ in range(3)] == [True] * 3
    assert time.monotonic() - began < 1


def test_the_cache_is_large_enough_to_remember_a_crowd():
    limits.allow("post", "a", 1, 3600)
    for number in range(5000):
        cache.set(f"other:{number}", 1)
    assert not limits.allow("post", "a", 1, 3600)


def network(rf, **headers):
    return limits.client_network(rf.get("/", **headers))


def test_a_network_is_known_again_and_does_not_tell_its_address(rf):
    one = network(rf, REMOTE_ADDR="192.0.2.1")
    assert one == network(rf, REMOTE_ADDR="192.0.2.1")
    assert one != network(rf, REMOTE_ADDR="192.0.2.2")
    assert len(one) == 32
    assert set(one) <= set("0123456789abcdef")


def test_the_hash_needs_the_key(rf, settings):
    one = network(rf, REMOTE_ADDR="192.0.2.1")
    settings.NETWORK_KEY = "another"
    assert network(rf, REMOTE_ADDR="192.0.2.1") != one


def test_an_ipv6_household_is_one_network(rf):
    assert network(rf, REMOTE_ADDR="2001:db8:1:2::1") == network(rf, REMOTE_ADDR="2001:db8:1:2:ffff::9")
    assert network(rf, REMOTE_ADDR="2001:db8:1:2::1") != network(rf, REMOTE_ADDR="2001:db8:1:3::1")


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_network(rf):
    assert network(rf, REMOTE_ADDR="::ffff:192.0.2.1") == network(rf, REMOTE_ADDR="192.0.2.1")


def address(rf, forwarded, peer="192.0.2.1"):
    return str(limits.client_address(rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)))


def test_without_a_proxy_of_ours_a_forwarded_address_is_not_believed(rf, settings):
    settings.PROXY_HOPS = 0
    assert address(rf, "198.51.100.7") == "192.0.2.1"


@pytest.mark.parametrize(
    ("hops", "forwarded", "client"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.66, 198.51.100.7", "198.51.100.7"),  # the first entry is what the client claimed
        (2, "203.0.113.66, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),  # not all of our proxies were passed
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_a_proxy_of_ours_is_believed_and_nobody_before_it(rf, settings, hops, forwarded, client):
    settings.PROXY_HOPS, settings.PROXIES = hops, [ip_network("192.0.2.0/24")]
    assert address(rf, forwarded) == client


@pytest.mark.parametrize(("peer", "believed"), [("127.0.0.1", True), ("::ffff:10.0.0.9", True), ("192.0.2.1", False)])
def test_what_does_not_come_from_a_proxy_of_ours_is_not_believed(rf, settings, peer, believed):
    settings.PROXY_HOPS = 1
    assert (address(rf, "198.51.100.7", peer) == "198.51.100.7") == believed


@pytest.mark.parametrize("garbage", ["", ",", "unknown", "1.2.3.4.5", "é", "\x00", "[::x", "a" * 100_000, "," * 10_000])
def test_garbage_in_the_header_is_passed_over(rf, settings, garbage):
    settings.PROXY_HOPS, settings.PROXIES = 1, [ip_network("192.0.2.0/24")]
    assert address(rf, garbage) == "192.0.2.1"


def test_a_request_without_an_address_is_a_network_as_well(rf):
    assert len(network(rf, REMOTE_ADDR="")) == 32


@pytest.mark.django_db
def test_who_comes_too_often_is_told_when_to_come_back(rf):
    response = limits.too_many(rf.get("/"), 90)
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (429, "90", "no-store")
