"""The main job as people do it on a phone: learn, show it, hold a certificate that anyone can
check; and those around the learner do theirs."""

from playwright.sync_api import expect

from corpu.demo import cast
from tests.browser import around, steps
from tests.browser.journey import check_by_code, hand_in_an_essay, learn_to_the_certificate


def test_an_asn_learns_shows_it_and_holds_a_certificate_that_anyone_can_check(site, enter):
    learner, supervisor = site.person(cast.LEARNER), site.person(cast.SUPERVISOR)
    manager = site.person(cast.MANAGER)
    page = enter(site)
    code = learn_to_the_certificate(page, learner.nip, scripted=True)
    steps.sign_out(page)
    check_by_code(page, code, learner)

    around.supervisor_rates(enter(site), supervisor.nip, learner)
    around.learner_sees_the_rating(page, learner.nip, supervisor)

    hand_in_an_essay(page)
    around.instructor_grades(enter(site), site.person(cast.INSTRUCTOR).nip)
    around.essay_course_is_complete(page)

    office = enter(site)
    around.manager_revokes(office, manager.nip, learner)
    stranger = enter(site)
    steps.verify(stranger, code, "Sertifikat ini sudah dicabut")
    expect(stranger.get_by_role("article")).to_contain_text("Keliru orang")
    expect(stranger.get_by_role("article")).not_to_contain_text(around.WRONG_NAME)

    address = around.manager_makes_a_link(office, learner)
    around.use_link(stranger, address, "sepuluh ekor kambing")
    late = enter(site)
    late.goto(address)
    steps.heading(late, "Tautan ini tidak berlaku")
    steps.sign_in(late, learner.nip, "sepuluh ekor kambing")
