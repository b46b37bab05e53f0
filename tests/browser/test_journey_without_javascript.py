"""The learner's whole way with scripts switched off: forms alone lead to the certificate."""

from corpu.demo import cast
from tests.browser import steps
from tests.browser.journey import check_by_code, learn_to_the_certificate


def test_forms_alone_lead_from_signing_in_to_a_certificate(site, enter):
    learner = site.person(cast.LEARNER)
    page = enter(site, java_script_enabled=False)
    code = learn_to_the_certificate(page, learner.nip, scripted=False)
    steps.sign_out(page)
    check_by_code(page, code, learner)
