"""What a person reads on a page, and what a form of it would send."""


def text_of(page):
    return " ".join(page.get_text(" ").split())


def error_at(page, name):
    """The sentence at a field; None where it has none."""
    box = page.select_one(f"[name={name}]")
    found = page.select_one(f"#{box['id']}-error") or page.select_one(f"#{name}-error")
    return " ".join(found.get_text(" ").split()) if found else None


def fields_of(page, action):
    """What the form with this address would send as it stands."""
    form = page.select_one(f"form[method=post][action='{action}']")
    assert form is not None, [one.get("action") for one in page.select("form")]
    values = {}
    for box in form.select("input, textarea, select"):
        name = box.get("name")
        if not name or name == "csrf_token":
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.select_one("option")
            values[name] = chosen["value"] if chosen else ""
        elif box.name == "textarea":
            values[name] = box.text.strip()
        elif box.get("type") in ("radio", "checkbox"):
            if box.has_attr("checked"):
                values[name] = box.get("value", "y")
        else:
            values[name] = box.get("value", "")
    return values


def send(browser, url, *, status=303, **changes):
    """Open the page with a form, fill in what changes, send it."""
    page = browser.get(url)
    return browser.post(url, fields_of(page, url) | changes, status=status)
