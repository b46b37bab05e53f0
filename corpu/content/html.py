"""The last gate: whatever came before, only these tags and attributes leave the compiler."""

import re

import nh3

MATH = {
    "math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle",
    "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover",
    "mtable", "mtr", "mtd", "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
TAGS = MATH | {
    "a", "audio", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead",
    "tr", "track", "ul", "video",
}  # fmt: skip
MATH_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace",
    "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width", "xmlns",
}  # fmt: skip
ATTRIBUTES = {tag: set(MATH_ATTRIBUTES) for tag in MATH} | {
    "*": {"class", "id"},
    "a": {"href", "title", "aria-label", "download"},
    "audio": {"controls", "preload", "src", "aria-label"},
    "details": {"open"},
    "div": {"aria-label"},
    "img": {"alt", "decoding", "height", "loading", "src", "width"},
    "ol": {"start"},
    "td": {"align", "data-label"},
    "th": {"align", "scope"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {"controls", "preload", "src", "aria-label"},
}
FIXED = {
    "div": {"role": {"group"}, "tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
    "span": {"aria-hidden": {"true"}},
    "table": {"role": {"table"}},
    "tbody": {"role": {"rowgroup"}},
    "td": {"role": {"cell"}},
    "th": {"role": {"columnheader", "rowheader"}},
    "thead": {"role": {"rowgroup"}},
    "tr": {"role": {"row"}},
}
CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    tag_attribute_values=FIXED,
    link_rel=None,
    url_schemes={"http", "https", "mailto", "tel", "media", "page"},
)
PIECE = re.compile(r"""<(?:[^"'<>]|"[^"]*"|'[^']*')*>|[^<]+|<""")


def clean(html: str) -> str:
    """The HTML without anything that is not on the lists.

    Quotation marks in text become `&quot;`, so that `"media:` and `"page:` are found only where
    an address begins and a view may replace them without parsing.
    """
    return PIECE.sub(_quote_text, CLEANER.clean(html)).strip()


def _quote_text(match: re.Match[str]) -> str:
    piece = match[0]
    return piece if piece[0] == "<" else piece.replace('"', "&quot;")


def plain_text(html: str) -> str:
    """What a cleaned piece of HTML says, without its tags."""
    text = PIECE.sub(lambda match: "" if match[0][0] == "<" else match[0], html)
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return " ".join(text.split())


ENTITIES = (
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", '"'),
    ("&nbsp;", "\u00a0"),
    ("&amp;", "&"),
)
