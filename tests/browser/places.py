"""Every page and who sees it there: addresses by part, with what is done on it before looking.

An act leads from an opened page to the one to look at: a form sent empty, an answer that is
too long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import select

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.credentials.rules import format_code
from corpu.demo import cast
from corpu.extensions import db
from corpu.hours.models import State
from corpu.people.models import ActingPost, Basis, Delegation
from corpu.people.queries import line_of
from corpu.plans.queries import plan_of
from corpu.vocabulary import competencies
from corpu.zones import local_year
from tests.browser import world
from tests.browser.scenes import Scene

COURSES = ("dasar-sdgs", "pelayanan-tanpa-korupsi", "air-bersih-untuk-semua")
NOBODY = "00000000-0000-7000-8000-000000000000"


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


def wrong_password(page: Page) -> None:
    page.get_by_label("NIP atau surel").fill("198504262010091927")
    page.get_by_label("Kata sandi").fill("bukan ini")
    refused(page)


def passwords_differ(page: Page) -> None:
    form = page.locator("#kata-sandi")
    form.get_by_label("Kata sandi sekarang").fill("bukan ini")
    form.get_by_label("Kata sandi baru", exact=True).fill("pendek")
    form.get_by_role("button").click()
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


def wrong_proof(page: Page) -> None:
    weighed(page)
    file = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"bukan PDF"}
    page.get_by_label("Bukti").set_input_files(files=[file])
    page.get_by_role("button", name="Kirim untuk diverifikasi").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def rounds(scene: Scene, app) -> dict[str, Round]:
    """By name, so that each is a test of its own."""
    return {
        "anybody": Round(None, _anybody(scene)),
        "learner": Round(scene.learner, _learner(scene)),
        "own pages": Round(scene.learner, _own(scene)),
        "newcomer": Round(scene.newcomer, _newcomer()),
        **{f"course {slug}": Round(scene.finished[slug], _course(app, slug)) for slug in COURSES},
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
        "office": Round(scene.manager, _office(scene)),
        "office of a unit": Round(
            scene.unit_manager,
            [Visit("/manage"), Visit("/manage/people"), Visit("/manage/units")],
        ),
        "english": Round(scene.learner, _english(scene)),
        "english office": Round(
            scene.manager,
            [
                Visit(f"{path}?lang=en")
                for path in ("/", "/manage", "/manage/people", "/manage/audit", "/author")
            ],
        ),
    }


def _anybody(scene: Scene) -> list[Visit]:
    return [
        Visit("/"),
        Visit("/login"),
        Visit("/login", act=refused),
        Visit("/login", act=wrong_password),
        Visit("/login", act=far_too_much),
        Visit(f"/login/link/{scene.token}"),
        Visit(f"/login/link/{scene.token}", act=refused),
        Visit("/login/link/bukan-tautan", 410),
        Visit("/verify"),
        Visit("/verify?code="),
        Visit(f"/verify/{format_code(scene.certificate.code)}"),
        Visit(f"/verify/{format_code(scene.revoked.code)}"),
        Visit("/verify/AAAA-BBBB-CCCC-DDDD", 404),
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
        Visit(running),
        Visit(running, act=answer_too_long),
        Visit(f"{running}/submit"),
        Visit(f"{failed}/result"),
        Visit(essay),
        Visit(f"{essay}/attempts/{scene.waiting.id}/result"),
        Visit(f"{quiz}/attempts/{scene.waiting.id}", 404),
        Visit("/team", 403),
        Visit("/manage", 403),
        Visit(f"/learn/{world.SHORT}/tidak-ada", 404),
    ]


def _own(scene: Scene) -> list[Visit]:
    return [
        Visit("/me/competencies"),
        Visit("/me/competencies/close-gap"),
        Visit("/me/competencies/XYZ", 404),
        *(Visit(f"/me/competencies/{code}") for code in competencies()),
        Visit("/me/plan"),
        Visit("/me/hours"),
        Visit("/me/hours?year=1999", 404),
        Visit("/me/ipasn"),
        Visit(f"/me/hours?year={clock.now().year - 1}"),
        Visit(f"/me/hours/claims/{scene.late}"),
        Visit("/me/hours/new"),
        Visit("/me/hours/new", act=refused),
        Visit("/me/hours/new", act=weighed),
        Visit("/me/hours/new", act=wrong_proof),
        *(Visit(f"/me/hours/claims/{claim}") for claim in scene.claims.values()),
        Visit(f"/me/hours/claims/{NOBODY}", 404),
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
        Visit(f"/me/certificates/{scene.stranger.id}", 404),
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
    return [*map(Visit, ("/goals", "/goals/4", "/goals/6", "/goals/7")), Visit("/goals/18", 404)]


def _supervisor(scene: Scene) -> list[Visit]:
    person = f"/team/{scene.learner}"
    return [
        Visit("/"),
        Visit("/team"),
        Visit(person),
        Visit(f"{person}/competencies/KOM"),
        Visit(f"{person}/competencies/INT"),
        Visit(f"{person}/competencies/KOM", act=refused),
        Visit(f"{person}/close-gap"),
        Visit(f"{person}/sheet"),
        Visit("/team/gaps"),
        Visit(f"/team/act/remind?pick=hours:{scene.learner.hex}:0:0", act=refused),
        Visit(f"/team/act/remind?pick=hours:{scene.learner.hex}:0:0", act=reminded),
        Visit("/team/delegations"),
        Visit("/team/delegations/new", act=refused),
        Visit(f"/team/{scene.manager}", 404),
        Visit(f"/team/{NOBODY}", 404),
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
    path, next_path = f"/me/plan/{year}", f"/me/plan/{year + 1}"
    goal = plans[writer].goals[0]
    item = f"{path}/items/{plans[writer].items[-1].id}"
    return [
        Visit("/me/plan"),
        Visit(f"/me/plan?year={year + 1}"),
        Visit("/me/plan?year=1999", 404),
        Visit(f"{path}/goals/new"),
        Visit(f"{path}/goals/new", act=refused),
        Visit(f"{path}/goals/{goal.id}/items/new"),
        Visit(f"{path}/goals/{goal.id}/items/new", act=refused),
        Visit(f"{path}/goals/{goal.id}/remove"),
        Visit(item),
        Visit(item, act=cleared),
        Visit(f"{path}/print"),
        Visit(f"{next_path}/print", 404),
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
        Visit(f"{submitted}/{year}/send-back"),
        Visit(f"{submitted}/{year}/send-back", act=refused),
        Visit(f"{submitted}/{year}/goals/new"),
        Visit(f"{submitted}/{year}/goals/new", act=refused),
        Visit(f"{submitted}/{year}/print"),
        Visit(f"{submitted}/{year}/finish", 409),
        Visit(f"{running}/{year}/finish"),
        Visit(f"/team/{NOBODY}/plan", 404),
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
        Visit(waiting),
        Visit(waiting, act=refused),
        Visit(graded),
        Visit(f"{graded}/correct"),
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
        Visit(f"{person}/correct"),
        Visit(f"{person}/correct", act=cleared),
        *map(Visit, forms),
        *(Visit(path, act=refused) for path in forms),
        Visit(f"/manage/people/{NOBODY}", 404),
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
        Visit("/manage/certificates?state=revoked"),
        Visit("/manage/certificates/pending"),
        Visit(certificate),
        Visit(f"{certificate}/revoke"),
        Visit(f"{certificate}/revoke", act=refused),
        Visit(f"/manage/certificates/{scene.revoked.id}"),
        Visit("/manage/hours"),
        Visit("/manage/hours?state=verified"),
        Visit("/manage/hours/years"),
        Visit(f"/manage/hours/years/{clock.now().year - 2}/close"),
        Visit(f"/manage/hours/years/{clock.now().year}/close", 404),
        Visit("/manage/hours?state=refused"),
        Visit(f"/manage/hours/{scene.double}"),
        Visit(f"/manage/hours/{scene.double}", act=refused_without_words),
        Visit(f"/manage/hours/{scene.claims[State.VERIFIED]}"),
        Visit("/manage/time"),
        Visit("/manage/time", act=refused),
        Visit("/manage/units"),
        Visit(unit),
        Visit(unit, act=cleared),
        Visit(f"{unit}/issuer"),
        Visit(f"{unit}/issuer", act=cleared),
        Visit(f"/manage/units/{scene.lone_unit}/archive"),
        Visit(f"/manage/units/{scene.lone_unit}/archive", act=refused),
        Visit("/manage/units/new"),
        Visit("/manage/units/new", act=refused),
    ]


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
