// Exact resume. Inside [data-place-url] the heading nearest to the eye is remembered and sent when the
// reader leaves or pauses. Sent as an ordinary form, with the token in data-csrf.
const text = document.querySelector("[data-place-url]");
if (text) {
  const headings = [...text.querySelectorAll("h2[id], h3[id]")];
  let sent = text.dataset.place ?? "";

  const here = () => {
    const eye = innerHeight * 0.4;
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= eye);
    return passed.at(-1)?.id ?? "";
  };

  const remember = () => {
    const place = here();
    if (place === sent) return;
    sent = place;
    const body = new URLSearchParams({ place, csrf_token: text.dataset.csrf ?? "" });
    fetch(text.dataset.placeUrl, { method: "POST", body, keepalive: true }).catch(() => (sent = null));
  };

  let pause;
  addEventListener("scroll", () => {
    clearTimeout(pause);
    pause = setTimeout(remember, 20_000);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") remember();
  });
  addEventListener("pagehide", remember);
}
