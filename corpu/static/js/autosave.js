// Keeps every answer of a quiz as it is given: form[data-save-url], its groups [data-question="<id>"].
//
// Sent by POST as JSON {question, answer, counter, doubt}. answer is a string for one field; a list for
// ticks; an object {field name: value} where a question has several fields (order, match). counter grows
// by one per answer of a question and never runs backwards, so a late arrival cannot undo a newer one.
// What is not yet received stays in localStorage, survives a closed browser, and is sent again with
// growing pauses and at once when the connection returns.
//
// Answers: 2xx = kept (JSON may hold {"saved_at": "09.42 WIB"}), unless {"kept": false, "saved": counter} says
// that another tab's answer stands: then this one is sent again with a greater counter; 401 = sign in again, nothing is lost;
// 409 = the attempt is over, {"result": url} leads to it; 404, 413, 422 = this answer is refused and
// {"message": "…"} says why; other 4xx = the page is out of date, the answer waits for a fresh one.

const PAUSES = [2, 4, 8, 15, 30, 60];

class Drawer {
  // localStorage where the browser grants it, else memory for as long as the page lives.
  constructor(name) {
    this.name = `corpu:answers:${name}`;
    this.content = { counters: {}, waiting: {} };
    try {
      Object.assign(this.content, JSON.parse(localStorage.getItem(this.name) ?? "{}"));
    } catch { /* unreadable or not granted: begin empty */ }
  }
  keep() {
    try { localStorage.setItem(this.name, JSON.stringify(this.content)); } catch { /* memory only */ }
  }
  empty() {
    try { localStorage.removeItem(this.name); } catch { /* nothing was kept */ }
  }
}

function fieldsOf(group) {
  return [...group.querySelectorAll("input[name], select[name], textarea[name]")]
    .filter((field) => !field.matches("[data-doubt], [type=hidden]"));
}

function answerOf(group) {
  const fields = fieldsOf(group);
  const names = new Set(fields.map((field) => field.name));
  if (names.size > 1) return Object.fromEntries(fields.map((field) => [field.name, field.value]));
  if (fields[0]?.type === "checkbox") return fields.filter((f) => f.checked).map((f) => f.value);
  if (fields[0]?.type === "radio") return fields.find((f) => f.checked)?.value ?? "";
  return fields[0]?.value ?? "";
}

function show(group, { answer, doubt }) {
  for (const field of fieldsOf(group)) {
    if (field.type === "checkbox") field.checked = answer.includes(field.value);
    else if (field.type === "radio") field.checked = field.value === answer;
    else field.value = typeof answer === "object" ? answer[field.name] ?? "" : answer;
  }
  const box = group.querySelector("[data-doubt]");
  if (box) box.checked = doubt;
}

// Answered before this script was there, as on a slow connection: what stands is not what came.
function isTouched(group) {
  return fieldsOf(group).some((field) => {
    if (field.options) {
      const offered = [...field.options].findIndex((one) => one.defaultSelected);
      return field.selectedIndex !== Math.max(offered, 0);
    }
    return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
  });
}

function isAnswered(answer) {
  if (typeof answer === "string") return answer.trim() !== "";
  return Array.isArray(answer) ? answer.length > 0 : Object.values(answer).every((part) => part !== "");
}

function start(form) {
  const url = form.dataset.saveUrl;
  const drawer = new Drawer(url);
  const { counters, waiting } = drawer.content;
  const token = form.elements.csrf_token?.value ?? "";
  const board = document.querySelector("[data-save-state]");
  const say = board?.querySelector("[data-words]") ?? board;
  let pauses = 0;
  let timer;
  let sending = false;
  let stopped = false;

  function tell(state, words = board?.dataset[state]) {
    if (!board) return;
    board.className = state === "saved" || state === "saving" ? "ok-text" : "warn-text";
    say.textContent = words;
    if (state !== "signin") return;
    const link = document.createElement("a");
    link.href = board.dataset.loginUrl;
    link.textContent = board.dataset.signinLink;
    say.append(" ", link);
  }

  function mark(id, answer, doubt) {
    const link = document.querySelector(`[data-question-link="${CSS.escape(id)}"]`);
    if (!link) return;
    const state = { answered: isAnswered(answer), open: !isAnswered(answer), doubt };
    link.classList.toggle("answered", state.answered);
    link.classList.toggle("doubt", doubt);
    for (const part of link.querySelectorAll("[data-if]")) part.hidden = !state[part.dataset.if];
  }

  function take(group) {
    const id = group.dataset.question;
    const before = Math.max(counters[id] ?? 0, Number(group.dataset.counter ?? 0));
    const doubt = group.querySelector("[data-doubt]")?.checked ?? false;
    const answer = answerOf(group);
    counters[id] = before + 1;
    waiting[id] = { question: id, answer, counter: before + 1, doubt };
    drawer.keep();
    mark(id, answer, doubt);
    send();
  }

  function later() {
    clearTimeout(timer);
    const pause = PAUSES[Math.min(pauses, PAUSES.length - 1)];
    pauses += 1;
    timer = setTimeout(send, pause * 1000 * (0.75 + Math.random() / 2));
  }

  async function send() {
    if (sending || stopped) return;
    sending = true;
    clearTimeout(timer);
    let refusal = "";
    try {
      for (let next = Object.values(waiting)[0]; next; next = Object.values(waiting)[0]) {
        tell("saving");
        const outcome = await deliver(next);
        if (outcome === "stop") return;
        refusal = outcome || refusal;
      }
      if (refusal) tell("refused", refusal);
    } finally {
      sending = false;
    }
  }

  // "stop" when the rest must wait; else what was wrong with this answer, "" when nothing was.
  async function deliver(item) {
    const body = JSON.stringify(item);
    let response;
    try {
      response = await fetch(url, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        redirect: "manual", // a redirect to the sign-in page is no answer
        keepalive: body.length < 20_000, // browsers refuse more than 64 KB in all
      });
    } catch {
      tell("waiting");
      later();
      return "stop";
    }
    const reply = await response.json().catch(() => ({}));
    if (response.status === 401 || response.type === "opaqueredirect") {
      tell("signin");
      return "stop";
    }
    if (response.status === 409 && reply.result) {
      stopped = true;
      drawer.empty();
      location.assign(reply.result);
      return "stop";
    }
    if (response.ok || [404, 413, 422].includes(response.status)) {
      // Only what was sent: a newer answer to the same question may have come meanwhile.
      if (waiting[item.question]?.counter === item.counter) delete waiting[item.question];
      drawer.keep();
      pauses = 0;
      if (reply.kept === false && !waiting[item.question]) {
        // Another tab has counted further. What is on this screen was chosen last, so it goes on from there.
        counters[item.question] = reply.saved + 1;
        waiting[item.question] = { ...item, counter: reply.saved + 1 };
        drawer.keep();
        return "";
      }
      if (!response.ok) return reply.message ?? reply.detail ?? board?.dataset.refused ?? "?";
      tell("saved", [board?.dataset.saved, reply.saved_at].filter(Boolean).join(" "));
      return "";
    }
    if (response.status >= 400 && response.status < 500 && response.status !== 429) {
      tell("refused");
      return "stop";
    }
    tell("waiting");
    later();
    return "stop";
  }

  const groups = [...form.querySelectorAll("[data-question]")];
  for (const group of groups) {
    const id = group.dataset.question;
    // Given on this device but never received, for example before the battery ran out.
    if (waiting[id] && waiting[id].counter > Number(group.dataset.counter ?? 0)) {
      show(group, waiting[id]);
      mark(id, waiting[id].answer, waiting[id].doubt);
    } else delete waiting[id];
    if (!waiting[id] && isTouched(group)) take(group);
    let typing;
    const settle = () => {
      clearTimeout(typing);
      typing = undefined;
      take(group);
    };
    group.addEventListener("input", (event) => {
      if (!event.target.matches("textarea, input:not([type=checkbox], [type=radio])")) return;
      clearTimeout(typing);
      typing = setTimeout(settle, 1500);
    });
    group.addEventListener("change", settle);
    addEventListener("pagehide", () => { if (typing) settle(); });
  }
  for (const id of Object.keys(waiting)) {
    if (!groups.some((group) => group.dataset.question === id)) delete waiting[id];
  }
  addEventListener("online", () => { pauses = 0; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  form.addEventListener("submit", () => { stopped = true; clearTimeout(timer); });
  addEventListener("pageshow", (event) => { if (event.persisted) { stopped = false; send(); } });
  send();
}

for (const form of document.querySelectorAll("form[data-save-url]")) start(form);

// A page that shows the result says so by [data-clear-answers]: the phone need not keep them any longer.
for (const done of document.querySelectorAll("[data-clear-answers]")) {
  new Drawer(done.dataset.clearAnswers).empty();
}
