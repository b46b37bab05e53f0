"""Fenced code with colours: classes only, the style sheet of the product gives them meaning."""

import re
from html import escape

from pygments import highlight as colour
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LONGEST = 10_000
"""Characters; beyond, code is shown plainly: some lexers take quadratic time."""
COLOURED = {
    "bash", "c", "console", "css", "diff", "html", "ini", "java", "javascript", "js", "json", "php",
    "python", "py", "r", "sh", "sql", "toml", "xml", "yaml",
}  # fmt: skip
"""Languages that are coloured. Others are shown plainly: of hundreds of lexers some can be hung."""
LANGUAGE = re.compile(r"[A-Za-z0-9+#-]{1,30}")


def highlight(code: str, info: str) -> str:
    """The code as a `pre`; `info` is what stands behind the opening fence."""
    match = LANGUAGE.search(info)
    language = match[0].lower() if match else "text"
    return (
        f'<pre class="code" tabindex="0"><code class="language-{escape(language)}">'
        f"{_coloured(code, language)}</code></pre>"
    )


def _coloured(code: str, language: str) -> str:
    if len(code) > LONGEST or language not in COLOURED:
        return escape(code)
    lexer = get_lexer_by_name(language, stripnl=False)
    return str(colour(code, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")
