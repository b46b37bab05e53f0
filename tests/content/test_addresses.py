"""A course's folder is its address: no page of the product may stand where a course stands."""

from corpu.content.scan import RESERVED


def test_every_word_beside_a_course_in_an_address_is_reserved(app):
    words = set()
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    rooms = {rule.removesuffix("<slug>") for rule in rules if rule.endswith("/<slug>")}
    assert rooms
    for room in rooms:
        beside = (rule.removeprefix(room) for rule in rules if rule.startswith(room))
        words |= {rest.partition("/")[0] for rest in beside} - {""}
    assert {word for word in words if not word.startswith("<")} == RESERVED
