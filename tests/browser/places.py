"""Every page and who sees it there: addresses by part, with what is done on it before looking.

An act leads from an opened page to the one to look at: a form sent empty, an answer that is
too long.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import select

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course
from corpu.competency.asking_models import AssessmentImport, PeerRequest
from corpu.competency.change_models import DraftState, RuleDraft
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.content import DIAGNOSTIC
from corpu.credentials.rules import format_code
from corpu.credentials.template_models import DocumentKind
from corpu.demo import cast
from corpu.evaluation.models import EvaluationInvitation, EvaluationRound, SurveySeat
from corpu.extensions import db
from corpu.hours.models import State
from corpu.learning.models import Completion
from corpu.people.models import ActingPost, Basis, Delegation
from corpu.people.queries import line_of
from corpu.plans.queries import plan_of
from corpu.plans.template_models import PlanTemplate
from corpu.signing.models import SigningKey, TrustedKey
from corpu.signing.queries import FORMAT, as_jwk
from corpu.signing.rules import PublicKey, kid_of
from corpu.standards.models import Framework, PostStandard, StandardDraft
from corpu.zones import local_year
from tests.browser import world
from tests.browser.scenes import Scene

CREDENTIAL = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "https://corpu.contoh.go.id/verify/AAAA",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "proof": {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-20T03:00:00Z",
        "verificationMethod": "did:web:corpu.contoh.go.id#abcdefgh",
        "proofPurpose": "assertionMethod",
        "proofValue": "z" + "2" * 87,
    },
}
COURSES = ("dasar-sdgs", "pelayanan-tanpa-korupsi", "air-bersih-untuk-semua")
TESTED = "dasar-sdgs"
DIAGNOSTIC_URL = f"/learn/{TESTED}/{DIAGNOSTIC}"


@dataclass(frozen=True)
class Visit:
    path: str
    status: int = 200
    act: Callable[[Page], None] | None = None


@dataclass(frozen=True)
class Round:
    """Pages that one person (None: anybody) looks at."""

    who: UUID | None
    visits: list[Visit]


def refused(page: Page) -> None:
    """Send the page's form as it is; the answer says what is missing."""
    page.locator("main form[method=post] button:not(.quiet)").first.click()
    page.locator("[aria-invalid=true], [role=alert]").first.wait_for()


def cleared(page: Page) -> None:
    """Empty the text fields first, where the form comes filled in."""
    for box in page.locator("main form[method=post] input.input").all():
        box.fill("")
    refused(page)


def nameless(page: Page) -> None:
    """A template that lacks its name; most of its other fields are folded away."""
    page.get_by_label("Nama templat").fill("")
    refused(page)


def nothing_ticked(page: Page) -> None:
    """Take every tick away first."""
    for box in page.locator("main [type=checkbox]").all():
        box.uncheck()
    refused(page)


def wrong_password(page: Page) -> None:
    page.get_by_label("NIP atau surel").fill("198504262010091927")
    page.get_by_label("Kata sandi").fill("bukan ini")
    refused(page)


def passwords_differ(page: Page) -> None:
    form = page.locator("#kata-sandi")
    form.get_by_label("Kata sandi sekarang").fill("bukan ini")
    form.get_by_label("Kata sandi baru", exact=True).fill("pendek")
    form.locator("button").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def answer_too_long(page: Page) -> None:
    page.locator("fieldset input.input").first.fill("kata " * 3000)
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.locator("[aria-invalid=true]").first.wait_for()


def far_too_much(page: Page) -> None:
    """Paste more than the server takes in one request."""
    page.get_by_label("NIP atau surel").evaluate("box => { box.value = 'x'.repeat(3_000_000) }")
    page.locator("main form[method=post] button").first.click()
    page.wait_for_load_state()
    page.get_by_text("413").wait_for()


def stale_form(page: Page) -> None:
    """A form whose token is somebody else's."""
    page.locator("main [name=csrf_token]").first.evaluate("box => { box.value = 'lama' }")
    page.locator("main form[method=post] button").first.click()
    page.wait_for_load_state()


def signed_out_meanwhile(page: Page) -> None:
    """Send a form after the session has ended: it waits on the sign-in page, and then asks."""
    page.context.clear_cookies()
    page.locator("main form[method=post] button").first.click()
    page.get_by_text("Sesi Anda berakhir").wait_for()


def back_with_the_form(page: Page) -> None:
    """Having signed in again, the form is shown to be sent."""
    signed_out_meanwhile(page)
    page.get_by_role("button", name="Masuk sebagai peserta").click()
    page.wait_for_load_state()


def refused_without_words(page: Page) -> None:
    page.get_by_role("button", name="Tolak").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def weighed(page: Page) -> None:
    """Other learning looked at before it is sent, with a double and a cap to be told of."""
    page.get_by_label("Bentuk belajar").select_option("NKL01")
    page.get_by_label("Nama kegiatan").fill("Coaching penyusunan laporan")
    day = (clock.now() - timedelta(days=44)).date().isoformat()
    page.get_by_label("Hari pertama").fill(day)
    page.get_by_label("Jumlah").fill("1")
    page.get_by_role("button", name="Lihat JP-nya").click()
    page.get_by_role("heading", name="2 JP menurut aturan").wait_for()


def no_certificate(page: Page) -> None:
    """The form sent empty, then filled in from what is no certificate."""
    refused(page)
    page.locator("main summary").first.click()
    page.get_by_label("Isi QR atau kredensial digitalnya").fill("bukan QR")
    page.get_by_role("button", name="Isi dari sertifikat").click()
    page.locator("#ditunjukkan-error").wait_for()


def wrong_proof(page: Page) -> None:
    weighed(page)
    file = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}
    page.get_by_label("Bukti").set_input_files(files=[file])
    page.get_by_role("button", name="Kirim untuk diverifikasi").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def offered(page: Page) -> None:
    """On the course, and asked whether to begin with the diagnostic."""
    page.get_by_role("button", name="Ikuti kursus ini").click()
    page.get_by_role("button", name="Mulai uji awal").wait_for()


def tested(page: Page) -> None:
    page.get_by_role("button", name="Mulai uji awal").click()
    page.locator("fieldset.q").first.wait_for()


def rounds(scene: Scene, app) -> dict[str, Round]:
    """By name, so that each is a test of its own."""
    return {
        "anybody": Round(None, _anybody(scene)),
        "learner": Round(scene.learner, _learner(scene)),
        "own pages": Round(scene.learner, _own(scene, app)),
        "newcomer": Round(scene.newcomer, _newcomer()),
        **{f"course {slug}": Round(scene.finished[slug], _course(app, slug)) for slug in COURSES},
        "before the diagnostic": Round(
            _who(app, ("BPSDM", 6)),
            [Visit(f"/courses/{TESTED}", act=offered), Visit(DIAGNOSTIC_URL, act=tested)],
        ),
        "everything proven": Round(
            _who(app, ("BAPPEDA", 8)),
            [Visit(DIAGNOSTIC_URL), Visit(f"/learn/{TESTED}")],
        ),
        "hours left out": Round(_who(app, ("DPRKPCK", 7)), [Visit("/me/hours")]),
        "holder": Round(scene.holder, _holder(scene)),
        "goals": Round(scene.learner, _goals()),
        "supervisor": Round(scene.supervisor, _supervisor(scene)),
        "plans": Round(scene.supervisor, _plans(scene.supervisor, app)),
        "plans of the line": Round(scene.supervisor, _plans_of_the_line(scene.supervisor, app)),
        "deputy": Round(*_deputy(app)),
        "head": Round(scene.head, [Visit("/"), Visit("/team"), Visit("/team?line=all")]),
        "instructor": Round(scene.instructor, _instructor(scene)),
        "idle instructor": Round(
            scene.idle_instructor, [Visit("/author"), Visit("/author/grading")]
        ),
        "people in the office": Round(scene.manager, _people(scene, app)),
        "office": Round(scene.manager, [*_office(scene), *_keys(app), *_documents(app)]),
        "rules in the office": Round(scene.manager, _rules(scene, app)),
        "asked colleague": _peer(app),
        "dictionaries and standards": Round(scene.manager, _standards(app)),
        "office of a unit": Round(
            scene.unit_manager,
            [Visit("/manage"), Visit("/manage/people"), Visit("/manage/units")],
        ),
        "evaluation": Round(scene.manager, _evaluation(app)),
        "asked": asked(app),
        "surveyed": surveyed(app),
        "english": Round(scene.learner, _english(scene)),
        "english office": Round(
            scene.manager,
            [
                Visit(f"{path}?lang=en")
                for path in ("/", "/manage", "/manage/people", "/manage/audit", "/author")
            ],
        ),
    }


def _who(app, place: tuple[str, int]) -> UUID:
    with world.looking(app) as session:
        return world.person(session, place).id


def pasted(certificate) -> Callable[[Page], None]:
    """What the QR holds, pasted: the verdict stands on the same page."""
    text = f"{certificate.snapshot['verify_url']}#{certificate.qr_payload}"

    def pasted(page: Page) -> None:
        page.locator("textarea[name=qr]").fill(text)
        page.locator("form[data-paste] button").click()
        page.locator("[data-result] article h2").wait_for()

    return pasted


def stranger_s_credential(page: Page) -> None:
    """A digital credential that nobody we trust has signed, refused first for being cut off."""
    text = json.dumps(CREDENTIAL)
    form = page.locator("form[action$='/verify/credential']")
    form.locator("summary").click()
    form.locator("textarea").fill(text[:-1])
    form.locator("button").click()
    form = page.locator("form[action$='/verify/credential']")
    form.locator("[aria-invalid=true]").wait_for()
    form.locator("textarea").fill(text)
    form.locator("button").click()
    page.locator("article.verdict h2").wait_for()


def _anybody(scene: Scene) -> list[Visit]:
    return [
        Visit("/"),
        Visit("/login", act=refused),
        Visit("/login", act=wrong_password),
        Visit("/login", act=far_too_much),
        Visit(f"/login/link/{scene.token}", act=refused),
        Visit("/login/link/bukan-tautan", 410),
        Visit("/verify", act=pasted(scene.certificate)),
        Visit(f"/verify/{format_code(scene.certificate.code)}"),
        Visit(f"/verify/{format_code(scene.revoked.code)}"),
        Visit("/verify/AAAA-BBBB-CCCC-DDDD", 404),
        Visit("/verify/bulk", act=refused),
        Visit("/verify", act=stranger_s_credential),
        Visit("/privasi"),
        Visit("/aksesibilitas"),
        Visit("/about"),
        Visit("/setup", 404),
        Visit("/logout", 405),
        Visit("/tidak-ada", 404),
    ]


def _learner(scene: Scene) -> list[Visit]:
    quiz = f"/learn/{world.SHORT}/kuis-loket"
    running, failed = f"{quiz}/attempts/{scene.running.id}", f"{quiz}/attempts/{scene.failed.id}"
    essay = f"/learn/{world.ESSAY}/latihan-surat"
    return [
        Visit("/"),
        Visit("/me"),
        Visit("/courses"),
        Visit("/courses?q=loket&goal=14&kind=SOSKUL&jp=1-2"),
        Visit("/courses?q=tidakadayangcocok"),
        Visit(f"/courses/{world.SHORT}"),
        Visit(f"/courses/{world.SHORT}/leave"),
        Visit(f"/learn/{world.SHORT}"),
        Visit(f"/learn/{world.SHORT}/salam"),
        Visit(quiz),
        Visit(running, act=answer_too_long),
        Visit(f"{running}/submit"),
        Visit(f"{failed}/result"),
        Visit(essay),
        Visit(f"{essay}/attempts/{scene.waiting.id}/result"),
        Visit("/team", 403),
        Visit(f"/learn/{world.SHORT}/tidak-ada", 404),
    ]


def template_offered(app) -> UUID:
    """The template for the demo's learner."""
    with app.app_context():
        found = db.session.scalars(
            select(PlanTemplate.id)
            .where(PlanTemplate.post_type == "JF_PT")
            .order_by(PlanTemplate.starts_on.desc())
        ).first()
        db.session.remove()
    return found


def _own(scene: Scene, app) -> list[Visit]:
    template = f"/me/plan/{clock.now().year + 1}/templates/{template_offered(app)}"
    return [
        Visit("/me/competencies"),
        Visit("/me/competencies/close-gap"),
        Visit("/me/competencies/requirement?day=31-02-2026"),
        *(Visit(f"/me/competencies/{code}") for code in ("INT", "KOM")),
        Visit("/me/competencies/KSM/self", act=refused),
        Visit("/me/plan"),
        Visit(template, act=nothing_ticked),
        Visit("/me/hours"),
        Visit("/me/ipasn"),
        Visit(f"/me/hours?year={clock.now().year - 1}"),
        Visit(f"/me/hours/claims/{scene.late}"),
        Visit("/me/hours/new", act=no_certificate),
        Visit("/me/hours/new", act=weighed),
        Visit("/me/hours/new", act=wrong_proof),
        *(Visit(f"/me/hours/claims/{claim}") for claim in scene.claims.values()),
        Visit("/me/certificates"),
        Visit("/account"),
        Visit("/account", act=passwords_differ),
        Visit("/account", act=stale_form),
        Visit("/account/sign-out-everywhere"),
        Visit(f"/courses/{world.ESSAY}/leave", act=signed_out_meanwhile),
        Visit(f"/courses/{world.ESSAY}/leave", act=back_with_the_form),
    ]


def _holder(scene: Scene) -> list[Visit]:
    return [
        Visit("/me/certificates"),
        Visit(f"/me/certificates/{scene.certificate.id}"),
        Visit(f"/me/certificates/{scene.revoked.id}"),
        Visit(f"/me/certificates/{scene.certificate.id}/correction", act=refused),
    ]


def _newcomer() -> list[Visit]:
    return [
        *map(Visit, ("/", "/me", "/me/hours", "/me/ipasn", "/me/certificates", "/me/competencies")),
        Visit("/me/competencies/INT"),
        Visit("/me/competencies/close-gap"),
        Visit("/account"),
        *(Visit(f"/courses/{slug}") for slug in COURSES),
        Visit(f"/courses/{world.ESSAY}", act=enrolled),
        Visit(f"/courses/{world.SHORT}", act=enrolled),
        Visit(f"/learn/{world.SHORT}/dengar", 409),
        Visit(f"/learn/{world.SHORT}/salam", act=nothing_chosen),
    ]


def enrolled(page: Page) -> None:
    page.get_by_role("button", name="Ikuti kursus ini").click()
    page.wait_for_url("**/learn/**")


def nothing_chosen(page: Page) -> None:
    page.get_by_role("button", name="Periksa").click()
    page.wait_for_url("**#cek-*")


def _course(app, slug: str) -> list[Visit]:
    with app.app_context():
        outline = catalog.current_edition(db.session(), slug)
        db.session.remove()
    return [
        Visit(f"/courses/{slug}"),
        Visit(f"/learn/{slug}"),
        Visit(f"/learn/{slug}/finished"),
        *(Visit(f"/learn/{slug}/{page.id}") for page in outline.pages),
    ]


def _goals() -> list[Visit]:
    """The board, a goal with much, one with little and one with nothing."""
    return [*map(Visit, ("/goals", "/goals/4", "/goals/6", "/goals/7"))]


def _supervisor(scene: Scene) -> list[Visit]:
    person = f"/team/{scene.learner}"
    return [
        Visit("/"),
        Visit("/team"),
        Visit(person),
        Visit(f"{person}/competencies/INT"),
        Visit(f"{person}/competencies/KOM", act=refused),
        Visit(f"{person}/close-gap"),
        Visit(f"{person}/requirement"),
        Visit(f"{person}/certificates"),
        Visit(f"{person}/peers", act=refused),
        Visit(f"{person}/sheet"),
        Visit("/team/gaps"),
        Visit(f"/team/act/remind?pick=hours:{scene.learner.hex}:0:0", act=refused),
        Visit(f"/team/act/remind?pick=hours:{scene.learner.hex}:0:0", act=reminded),
        Visit("/team/delegations"),
        Visit("/team/delegations/new", act=refused),
    ]


def reminded(page: Page) -> None:
    page.get_by_label("Pesan Anda").fill("Mari kita bicarakan pada hari Kamis.")
    page.get_by_role("button", name="Kirim pengingat").click()
    page.get_by_role("button", name="Kembali ke tim").or_(
        page.get_by_role("link", name="Kembali ke tim")
    ).first.wait_for()


def _deputy(app) -> tuple[UUID, list[Visit]]:
    """Somebody who stands in for a supervisor today."""
    with app.app_context():
        found = db.session.scalars(
            select(Delegation).where(
                Delegation.basis == Basis.DEPUTY,
                Delegation.revoked_at.is_(None),
                Delegation.started_on <= clock.now().date(),
            )
        ).one()
        who, address = found.deputy_id, f"/account/delegations/{found.id}/end"
        db.session.remove()
    return who, [Visit("/team?line=all"), Visit("/account"), Visit(address, act=refused)]


def _plans(writer: UUID, app) -> list[Visit]:
    """The pages of a draft, by the person whose draft it is."""
    year, plans = _of_this_year(app, [writer])
    path = f"/me/plan/{year}"
    goal = plans[writer].goals[0]
    item = f"{path}/items/{plans[writer].items[-1].id}"
    return [
        Visit("/me/plan"),
        Visit(f"/me/plan?year={year + 1}"),
        Visit(f"{path}/goals/new", act=refused),
        Visit(f"{path}/goals/{goal.id}/items/new", act=refused),
        Visit(f"{path}/goals/{goal.id}/remove"),
        Visit(item, act=cleared),
        Visit(f"{path}/print"),
        Visit("/me/plan?lang=en"),
    ]


def _plans_of_the_line(supervisor: UUID, app) -> list[Visit]:
    """One page for each state below this supervisor, and those of deciding."""
    with app.app_context():
        line = [person_id for person_id, _depth in line_of(db.session(), supervisor, clock.now())]
        db.session.remove()
    year, plans = _of_this_year(app, line)
    by_state = {plan.state.value: f"/team/{who}/plan" for who, plan in plans.items()}
    submitted, running = by_state["submitted"], by_state["running"]
    return [
        *(Visit(path) for path in by_state.values()),
        Visit(f"{submitted}?year={year + 1}"),
        Visit(f"{submitted}/{year}/send-back", act=refused),
        Visit(f"{submitted}/{year}/goals/new", act=refused),
        Visit(f"{submitted}/{year}/print"),
        Visit(f"{submitted}/{year}/finish", 409),
        Visit(f"{running}/{year}/finish"),
    ]


def _of_this_year(app, people: list[UUID]) -> tuple[int, dict]:
    """The present year, and the plans that these people have in it."""
    year = local_year(clock.now(), cast.ZONE)
    with app.app_context():
        found = {who: plan_of(db.session(), who, year) for who in people}
        db.session.remove()
    return year, {who: plan for who, plan in found.items() if plan.is_there}


def _instructor(scene: Scene) -> list[Visit]:
    waiting = f"/author/grading/{scene.waiting.id}/ulang"
    graded = f"/author/grading/{scene.graded.id}/q4-uraian"
    return [
        Visit("/"),
        Visit("/author"),
        *(Visit(f"/author/{slug}") for slug in (*COURSES, world.SHORT)),
        Visit("/author/grading"),
        Visit(waiting, act=refused),
        Visit(graded),
        Visit(f"{graded}/correct", act=refused),
    ]


def _people(scene: Scene, app) -> list[Visit]:
    with app.app_context():
        actor, post = db.session.execute(select(ActingPost.person_id, ActingPost.id)).first()
        db.session.remove()
    person = f"/manage/people/{scene.learner}"
    teacher = f"/manage/people/{scene.idle_instructor}"
    forms = [
        f"{person}/deactivate",
        f"{person}/link",
        f"{person}/post",
        f"{person}/roles",
        f"{person}/acting",
        f"{person}/supervisor",
        f"{person}/supervisor/{scene.supervision}/end",
        f"{teacher}/roles/{scene.role}/end",
        f"/manage/people/{scene.inactive}/reactivate",
        "/manage/people/new",
        *(
            f"{person}/ipasn/{kind}"
            for kind in ("education", "performance", "sanction", "training", "official")
        ),
        f"{person}/ipasn/{scene.ipasn_entry}/withdraw",
    ]
    return [
        Visit(f"/manage/people/{actor}"),
        Visit(f"/manage/people/{actor}/acting/{post}/end", act=refused),
        Visit("/manage/people"),
        Visit("/manage/people?q=tidakadayangcocok"),
        Visit("/manage/people?state=all&q=a"),
        Visit(person),
        Visit(f"{person}/ipasn"),
        Visit(f"{teacher}/ipasn"),
        Visit(teacher),
        Visit(f"/manage/people/{scene.inactive}"),
        Visit(f"{person}/correct", act=cleared),
        *(Visit(path, act=refused) for path in forms),
    ]


def _office(scene: Scene) -> list[Visit]:
    certificate = f"/manage/certificates/{scene.certificate.id}"
    unit = f"/manage/units/{scene.unit}"
    return [
        Visit("/"),
        Visit("/manage"),
        Visit("/manage/audit"),
        Visit("/manage/certificates"),
        Visit("/manage/certificates?q=tidakadayangcocok"),
        Visit("/manage/certificates/waiting", act=refused),
        Visit(f"/manage/certificates/waiting/{scene.learner}"),
        Visit("/manage/certificates/batches"),
        Visit("/manage/certificates/batches/new", act=refused),
        Visit(f"/manage/certificates/batches/{scene.batch.id}", act=refused),
        Visit(f"/manage/certificates/batches/courses/{scene.batch.course_id}", act=refused),
        Visit("/manage/tte"),
        Visit("/manage/siasn"),
        Visit("/manage/siasn/send"),
        Visit("/manage/siasn/mark", act=refused),
        Visit(f"/manage/siasn/{scene.failed_at_siasn}"),
        Visit(certificate),
        Visit(f"{certificate}/revoke", act=refused),
        Visit(f"/manage/certificates/{scene.revoked.id}"),
        Visit(f"{certificate}/correct", act=refused),
        Visit("/manage/certificates/requests"),
        Visit(f"/manage/certificates/requests/{scene.asked_for}", act=refused_without_words),
        Visit(f"/manage/certificates/wishes/{scene.wish}", act=refused_without_words),
        Visit("/manage/certificates/validity"),
        Visit(f"/manage/certificates/validity/{COURSES[1]}", act=refused),
        Visit(f"{unit}/consent", act=refused),
        Visit("/manage/hours"),
        Visit("/manage/hours?state=verified"),
        Visit("/manage/hours/years"),
        Visit(f"/manage/hours/years/{clock.now().year - 1}/close"),
        Visit("/manage/hours?state=refused"),
        Visit(f"/manage/hours/{scene.double}", act=refused_without_words),
        Visit(f"/manage/hours/{scene.claims[State.VERIFIED]}"),
        Visit(f"/manage/hours/{scene.proven}"),
        Visit("/manage/time", act=refused),
        Visit("/manage/units"),
        Visit(unit, act=cleared),
        Visit(f"{unit}/issuer", act=cleared),
        Visit(f"/manage/units/{scene.lone_unit}/archive", act=refused),
        Visit("/manage/units/new", act=refused),
    ]


def _keys(app) -> list[Visit]:
    """The keys that sign, and a file of another agency's before it is trusted."""
    with app.app_context():
        kid = db.session.scalars(select(SigningKey.kid).where(SigningKey.sealed.is_not(None))).one()
        trusted = db.session.scalars(select(TrustedKey.id)).first()
        db.session.remove()
    return [
        Visit("/manage/keys"),
        Visit("/manage/keys/rotate", act=refused),
        Visit(f"/manage/keys/{kid}/compromised", act=refused),
        Visit("/manage/keys/trust", act=key_file_looked_at),
        Visit(f"/manage/keys/trusted/{trusted}/remove", act=refused),
    ]


def key_file_looked_at(page: Page) -> None:
    """Another agency's keys before they are trusted."""
    public = bytes(range(32))
    key = as_jwk(PublicKey(kid_of(public), public, "", clock.now()))
    agency = {"name": "Pemerintah Provinsi Contoh Utara", "short_name": "Utara"}
    said = {"format": FORMAT, "issuer": "https://utara.go.id", "agency": agency, "keys": [key]}
    file = {"name": "k.json", "mimeType": "application/json", "buffer": json.dumps(said).encode()}
    page.get_by_label("Berkas kunci").set_input_files(files=[file])
    page.get_by_label("Alasan atau dasar").fill("Dicocokkan lewat telepon")
    page.get_by_role("button", name="Lihat isinya").click()
    page.get_by_role("button", name="Sidiknya cocok, percayai").wait_for()


def _rules(scene: Scene, app) -> list[Visit]:
    """The rule of scoring, its draft, evidence from elsewhere, and what was asked of a peer."""
    with app.app_context():
        session = db.session()
        draft = session.scalars(select(RuleDraft.id).filter_by(state=DraftState.OPEN)).one()
        sent = session.scalars(select(AssessmentImport.id)).one()
        piece = session.scalars(
            select(EvidenceRecord).filter_by(kind=EvidenceKind.EXTERNAL, revoked_at=None)
        ).first()
        person, evidence, claim = piece.person_id, piece.id, piece.source.partition(":")[2]
        db.session.remove()
    drafted = f"/manage/rules/drafts/{draft}"
    return [
        Visit("/manage/rules"),
        Visit("/manage/rules/1"),
        Visit("/manage/rules/new", act=cleared),
        Visit(f"{drafted}/edit"),
        Visit(drafted),
        Visit(f"{drafted}/people"),
        Visit(f"{drafted}/apply", act=refused),
        Visit("/manage/assessments", act=refused),
        Visit(f"/manage/assessments/{sent}"),
        Visit(f"/manage/hours/{claim}/evidence", act=refused),
        Visit(f"/manage/people/{person}/evidence"),
        Visit(f"/manage/people/{person}/evidence/{evidence}", act=refused),
    ]


def asked_of(app) -> tuple[UUID, UUID]:
    """Who was asked about a colleague and has not answered, and what."""
    with app.app_context():
        found = db.session.scalars(select(PeerRequest).filter_by(answered_at=None)).one()
        peer = found.peer_id, found.id
        db.session.remove()
    return peer


def _peer(app) -> Round:
    peer, request = asked_of(app)
    path = f"/me/peer-ratings/{request}"
    return Round(peer, [Visit("/me/peer-ratings"), Visit(path, act=refused)])


def document(app) -> str:
    """The address of the template of documents that is in use, and has a draft."""
    with app.app_context():
        found = db.session.scalars(
            select(DocumentKind.template_id).where(DocumentKind.template_id.is_not(None))
        ).one()
        db.session.remove()
    return f"/manage/certificates/templates/{found}"


def _documents(app) -> list[Visit]:
    here = document(app)
    return [
        Visit("/manage/certificates/templates"),
        Visit(here),
        Visit(f"{here}/edit", act=nameless),
        Visit("/manage/certificates/numbers"),
        Visit("/manage/certificates/registrations", act=refused),
    ]


def _standards(app) -> list[Visit]:
    with app.app_context():
        framework = db.session.scalars(select(Framework.id)).one()
        standard = db.session.scalars(
            select(PostStandard.id).where(PostStandard.post_type == "PENGAWAS")
        ).one()
        template = db.session.scalars(select(PlanTemplate.id).where(PlanTemplate.title != "")).one()
        draft, table = db.session.scalars(select(StandardDraft).order_by(StandardDraft.starts_on))
        draft, table = draft.id, table.id
        db.session.remove()
    drafted = f"/manage/standards/drafts/{draft}"
    here = f"/manage/competencies/{framework}"
    return [
        Visit("/manage/competencies"),
        Visit("/manage/competencies/new", act=refused),
        Visit("/manage/competencies/shipped"),
        Visit("/manage/competencies/shipped/INT"),
        Visit(here),
        Visit(f"{here}/versions/2"),
        Visit(f"{here}/versions/1/competencies/PMA"),
        Visit(f"{here}/versions/2/changes"),
        Visit(f"{here}/draft/competency", act=refused),
        Visit(f"{here}/draft/remove?code=PMA"),
        Visit(f"{here}/discard"),
        Visit(f"{here}/publish", act=refused),
        Visit(f"{here}/import", act=wrong_table),
        Visit("/manage/standards"),
        Visit("/manage/standards/set", act=refused),
        Visit("/manage/standards/history"),
        Visit("/manage/standards/post"),
        Visit(f"/manage/standards/{standard}/withdraw", act=refused),
        Visit("/manage/plans/templates"),
        Visit(f"/manage/plans/templates/{template}"),
        Visit(f"/manage/plans/templates/new?from={template}", act=cleared),
        Visit(f"/manage/plans/templates/{template}/withdraw", act=refused),
        Visit("/manage/plans/templates/import", act=refused),
        Visit(f"/manage/standards/import?draft={table}", act=wrong_standards),
        Visit(f"{drafted}/edit"),
        Visit(drafted),
        Visit(f"{drafted}/people"),
        Visit(f"{drafted}/publish", act=refused),
    ]


def wrong_table(page: Page) -> None:
    """A table with something wrong in two rows."""
    rows = "kode,nama,definisi,level,uraian,perilaku\nPMA,Mutu,Air,9,x,y\nINT,Mutu,Air,1,,y\n"
    file = {"name": "kamus.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(files=[file])
    page.get_by_role("button", name="Periksa tabel").click()
    page.get_by_text("Baris 3").first.wait_for()


def wrong_standards(page: Page) -> None:
    """A table of standards with an unknown kind of post."""
    rows = "jenis_jabatan,jabatan,INT,PMA\nRAJA,,3,\nJF_MU,Penyuluh Air,3,2\n"
    file = {"name": "standar.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("Berkas CSV atau XLSX").set_input_files(files=[file])
    page.get_by_role("button", name="Periksa tabel").click()
    page.get_by_text("Baris 2").first.wait_for()


def _evaluation(app) -> list[Visit]:
    with app.app_context():
        round_id = db.session().scalar(select(EvaluationRound.id).limit(1))
        db.session.remove()
    office = "/manage/courses/pelayanan-tanpa-korupsi/evaluation"
    return [
        Visit("/author/pelayanan-tanpa-korupsi/evaluation"),
        Visit("/manage/evaluations"),
        Visit(f"/manage/evaluations/{round_id}"),
        Visit(office),
        Visit(f"{office}/indicators/new", act=refused),
        Visit("/evaluation/bukan-tautan", 410),
    ]


def surveyed(app) -> Round:
    """Somebody who has completed a course lately and has a survey to answer."""
    with app.app_context():
        row = db.session.execute(
            select(Completion.person_id, Course.slug)
            .join(Course, Course.id == Completion.course_id)
            .outerjoin(SurveySeat, SurveySeat.enrolment_id == Completion.enrolment_id)
            .where(
                SurveySeat.enrolment_id.is_(None),
                Completion.completed_at > clock.now() - timedelta(days=85),
            )
            .limit(1)
        ).one()
        db.session.remove()
    return Round(row.person_id, [Visit(f"/learn/{row.slug}/survey", act=refused)])


def asked(app) -> Round:
    """Somebody who is asked what has come of a course, their own or another's."""
    with app.app_context():
        row = db.session.execute(
            select(EvaluationInvitation.id, EvaluationInvitation.person_id)
            .where(EvaluationInvitation.is_answered.is_(False))
            .limit(1)
        ).one()
        db.session.remove()
    path = f"/me/evaluations/{row.id}"
    return Round(row.person_id, [Visit("/me/evaluations"), Visit(path, act=refused)])


def _english(scene: Scene) -> list[Visit]:
    quiz = f"/learn/{world.SHORT}/kuis-loket"
    paths = (
        "/",
        "/me",
        "/courses",
        f"/courses/{world.SHORT}",
        f"/learn/{world.SHORT}",
        quiz,
        f"{quiz}/attempts/{scene.running.id}",
        f"{quiz}/attempts/{scene.failed.id}/result",
        "/me/competencies",
        "/me/competencies/KOM",
        "/me/hours",
        "/me/ipasn",
        "/me/certificates",
        "/account",
        "/goals",
        "/verify",
        "/privasi",
        "/aksesibilitas",
        "/about",
    )
    return [Visit(f"{path}?lang=en") for path in paths]
