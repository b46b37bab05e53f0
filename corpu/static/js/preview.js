// form[data-preview="<id>"] keeps the part of the page with that id as the server would draw it for what is typed,
// by sending the form with its preview button a moment after the last key.
for (const form of document.querySelectorAll("form[data-preview]")) {
  const shown = document.getElementById(form.dataset.preview);
  const button = form.querySelector('button[value="preview"]');
  if (!shown || !button) continue;
  let waiting;
  let latest = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const number = ++latest;
      const data = new FormData(form);
      data.set(button.name, button.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
        if (!answer.ok || number !== latest) return; // The button is still there for who wants to know.
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(form.dataset.preview);
        if (fresh) shown.replaceChildren(...fresh.childNodes);
      } catch {
        // No connection: the example stays as it was.
      }
    }, 400);
  });
}
