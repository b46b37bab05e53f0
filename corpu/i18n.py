"""Two languages: Indonesian, in which the interface is written, and English."""

import os
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup

from corpu.extensions import babel
from corpu.zones import zone_label

LOCALES = ("id", "en")
COOKIE = "lang"


def choose_locale() -> str:
    """The switch in the footer, then the account, then Indonesian."""
    if not has_request_context():
        return os.environ.get("CORPU_LANG", "id")  # commands
    if "locale" not in g:
        asked = asked_locale()
        if asked not in LOCALES and current_user and current_user.is_authenticated:
            asked = current_user.locale
        g.locale = asked if asked in LOCALES else "id"
    return str(g.locale)


def asked_locale() -> str | None:
    """What the switch in the footer says, now or since it was last used."""
    return request.args.get("lang") or request.cookies.get(COOKIE)


def do_without_account() -> None:
    """For error pages: where no language is chosen yet, do not ask an account that may be out
    of reach."""
    asked = asked_locale()
    g.setdefault("locale", asked if asked in LOCALES else "id")


def local(moment: datetime, timezone: str) -> datetime:
    return moment.astimezone(ZoneInfo(timezone))


def day(value: date | datetime, timezone: str = "Asia/Jakarta") -> str:
    """`31 Desember 2026`, in the given zone."""
    if isinstance(value, datetime):
        value = local(value, timezone).date()
    return _day(value, str(get_locale()))


# Babel takes its pattern apart at each value; lists say the same ones again and again.
@lru_cache(maxsize=2048)
def _day(value: date, locale: str) -> str:
    return format_date(value, "d MMMM y", locale)


def moment(value: datetime, timezone: str = "Asia/Jakarta") -> Markup:
    """`31 Desember 2026, 09.42 WIB`: a time never stands without its zone."""
    there = local(value, timezone)
    clock = there.strftime("%H.%M" if str(get_locale()) == "id" else "%H:%M")
    return Markup('<time datetime="{}">{}, {} {}</time>').format(
        value.isoformat(), day(there.date()), clock, zone_label(timezone)
    )


def number(value: Decimal | int, decimals: int | None = None) -> str:
    """With decimal comma in Indonesian; trailing zeros only where `decimals` asks for them."""
    pattern = "#,##0.####" if decimals is None else "#,##0." + "0" * decimals
    return _number(value, pattern.rstrip("."), str(get_locale()))


@lru_cache(maxsize=2048)
def _number(value: Decimal | int, pattern: str, locale: str) -> str:
    return format_decimal(value, pattern, locale)


def score(value: Decimal) -> str:
    """A score or share of 100 with two decimals, cut off: a mark that was missed is never
    shown as reached."""
    return number(value.quantize(Decimal("0.01"), ROUND_DOWN), 2)


@cache
def catalogue(locale: str) -> NullTranslations:
    """The words of a language; Indonesian is its own source and needs none."""
    if locale == "id":
        return NullTranslations()
    return Translations.load(str(Path(__file__).parent / "translations"), [locale])


def words(text: str) -> str:
    """gettext for templates: a page has hundreds of words, so each is one dictionary look."""
    return catalogue(choose_locale()).gettext(text)


def words_in(context: str, text: str) -> str:
    """pgettext for templates: where English says one word in two ways, the context tells which."""
    return catalogue(choose_locale()).pgettext(context, text)


def plural_words(one: str, many: str, n: int) -> str:
    return catalogue(choose_locale()).ngettext(one, many, n)


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=choose_locale)
    # Flask-Babel looks up its context at every word; that was a third of a page's time.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        words, plural_words, newstyle=True, pgettext=words_in
    )
    app.jinja_env.filters.update(day=day, moment=moment, number=number, score=score)

    @app.after_request
    def remember(response: Response) -> Response:
        if request.args.get("lang") in LOCALES:
            response.set_cookie(
                COOKIE,
                request.args["lang"],
                max_age=365 * 86400,
                samesite="Lax",
                httponly=True,
                secure=app.config["SESSION_COOKIE_SECURE"],
            )
        return response
