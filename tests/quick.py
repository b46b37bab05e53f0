"""Applications that are made quickly. A run of the tests makes hundreds, each with the same routes
and the same files: what these take is done once a process."""

from collections.abc import Callable
from functools import cache

from werkzeug.routing import Rule

from corpu import assets

compiled: dict[tuple, Callable] = {}
compile_builder = Rule._compile_builder


def compiled_once(rule: Rule, append_unknown: bool = True) -> Callable:
    """What builds addresses of a route. Werkzeug writes and compiles a function for it in each
    application, which is most of the time that making one takes; nothing but the parts of the
    route goes into it, where the route has no defaults."""
    if rule.defaults:
        return compile_builder(rule, append_unknown)
    parts = (rule.rule, *rule._trace, append_unknown)
    if parts not in compiled:
        compiled[parts] = compile_builder(rule, append_unknown)
    return compiled[parts]


Rule._compile_builder = compiled_once
assets._asset = cache(assets._asset)
