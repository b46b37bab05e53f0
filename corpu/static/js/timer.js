// Time left in a quiz. [data-deadline] and [data-now] are ISO times of the server, so a phone with a
// wrong clock counts right. Said aloud at 10, 5 and 1 minutes; at zero the form data-submit is sent.
// All words come from data- attributes (components/quiz.html).
for (const clock of document.querySelectorAll("[data-deadline]")) {
  const { deadline, now, submit, minutes, seconds, say, over } = clock.dataset;
  const face = clock.querySelector("[data-time-left]");
  const voice = clock.querySelector("[data-announce]");
  // The server wrote data-now before the first byte arrived: counting from there never gives time away.
  const [visit] = performance.getEntriesByType("navigation");
  const arrived = visit?.responseStart ? performance.timeOrigin + visit.responseStart : Date.now();
  const ahead = Date.parse(now) - arrived;
  const end = Date.parse(deadline);

  const left = () => Math.max(0, Math.ceil((end - Date.now() - ahead) / 1000));
  const words = (rest) => {
    const parts = [];
    if (rest >= 60) parts.push(`${Math.floor(rest / 60)} ${minutes}`);
    if (rest % 60 || rest < 60) parts.push(`${rest % 60} ${seconds}`);
    return parts.join(" ");
  };

  const marks = [600, 300, 60].filter((mark) => mark < left());
  let ticking;
  const finish = () => {
    clearInterval(ticking);
    voice.textContent = over;
    const form = document.getElementById(submit);
    if (!form) return;
    form.noValidate = true;
    const send = () => form.requestSubmit();
    // Without a connection a submit would end on the browser's own error page and lose the sheet.
    if (navigator.onLine) send();
    else addEventListener("online", send, { once: true });
  };
  const tick = () => {
    const rest = left();
    face.textContent = words(rest);
    clock.classList.toggle("bad-text", rest <= 60);
    if (marks.length && rest <= marks[0]) {
      while (marks.length && rest <= marks[0]) marks.shift();
      voice.textContent = say.replace("{time}", words(rest));
    }
    if (rest === 0) finish();
  };
  ticking = setInterval(tick, 1000);
  tick();
}
