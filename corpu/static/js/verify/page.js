// [data-checker] scans, reads a photo or takes pasted text, judges the QR here in the browser and asks the issuer, where
// there is a network, whether the certificate was revoked. Without this script the form goes to the server.
// Everything heavy is loaded at the first use; in the offline file it is there already.
// A classic script's manners: nothing is imported, nothing is named outside.
(() => {
  const WHEN = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  const LARGEST = 20 * 1024 * 1024, PATIENCE = 10000, EVERY = 250;
  const here = globalThis.corpuPinned !== undefined; // the file on somebody's disk

  function load(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  let ready;
  function prepare(box) {
    if (here) return Promise.resolve(globalThis.corpuPinned);
    ready = ready ?? Promise.all([
      fetch(box.dataset.pinned).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status))),
      ...box.dataset.scripts.split(" ").map(load),
    ]).then(([pinned]) => pinned);
    ready.catch(() => (ready = undefined)); // the next try asks again
    return ready;
  }

  const languageOf = (element) => element.closest("[lang]").lang;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");
  const day = (text, language) =>
    new Date(`${text}T00:00:00Z`).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });

  // ------------------------------------------------------------------------ what is said

  function draw(box, pinned, judged) {
    const language = languageOf(box), words = pinned.sentences[language] ?? pinned.sentences.id;
    const shown = box.querySelector("[data-verdict]").content.firstElementChild.cloneNode(true);
    const slot = (name) => shown.querySelector(`[data-slot="${name}"]`);
    const { finding, sealed, key, ahead } = judged;
    const bad = finding !== "holds";
    shown.classList.toggle("bad", bad);
    shown.querySelector(bad ? ".good" : ".wrong").remove();
    slot("title").textContent = words[`${finding}_title`];
    slot("text").textContent = words[`${finding}_text`];
    const signed = sealed && key && finding !== "wrong";
    if (signed) {
      const said = sealed.content;
      const whole = (name) => said[name] + (said.cut.includes(name) ? "…" : "");
      const values = {
        name: whole("name"),
        number: whole("number"),
        course_title: whole("course_title"),
        issuer: whole("issuer"),
        jp: `${said.jp.toLocaleString(language)} JP`,
        serial: said.serial ? `••• ${said.serial}` : "–",
        started_on: day(said.started_on, language),
        completed_on: day(said.completed_on, language),
        issued_on: day(said.issued_on, language),
        valid_until: said.valid_until ? day(said.valid_until, language) : "–",
        title_of: said.title || words.other_title,
        edition: String(said.edition),
        key: fill(words.key, { kid: sealed.kid, owner: key.owner }),
      };
      for (const [name, text] of Object.entries(values)) slot(name).textContent = text;
      const warnings = [said.demo && words.demo, ahead && words.ahead].filter(Boolean);
      slot("warning").lastElementChild.textContent = warnings.join(" ");
      slot("warning").hidden = !warnings.length;
      slot("address").hidden = false;
      // A signed address is one that the issuer wrote; anything but the web is left alone.
      if (/^https?:\/\//.test(sealed.address)) slot("address").firstElementChild.href = sealed.address;
    } else {
      shown.querySelector("[data-facts]").remove();
    }
    if (sealed && finding === "unknown_key") slot("text").textContent += ` (${sealed.kid})`;
    box.querySelector("[data-result]").replaceChildren(shown);
    box.querySelector("[data-result]").focus();
    if (signed) ask(box, shown, judged, words, language);
  }

  async function ask(box, shown, { sealed, key }, words, language) {
    const place = shown.querySelector('[data-slot="asked"]');
    const say = (text, bad = false) => {
      place.hidden = false;
      place.lastElementChild.textContent = text;
      place.classList.toggle("bad", bad);
      if (!bad) return;
      shown.classList.add("bad");
      shown.querySelector('[data-slot="title"]').textContent = text;
    };
    if (navigator.onLine === false) return say(words.not_asked);
    // A page may ask its own server alone; the file asks whom the signed address names.
    if (!here && !key.ours) return say(words.elsewhere);
    const where = here
      ? `${sealed.address}/status`
      : box.dataset.pinned.replace("offline.json", `${encodeURIComponent(sealed.code)}/status`);
    say(words.asking);
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(where, {
        credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: stop.signal,
      });
      const told = await answer.json();
      const number = sealed.content.number, same = told.number === undefined || told.number.startsWith(number);
      if (told.state === "valid" && same) say(fill(words.valid, { at: new Date(told.at).toLocaleString(language, WHEN) }));
      else if (told.state === "revoked") say(fill(words.revoked, { on: day(told.revoked_on, language), reason: words[`class_${told.reason_class}`] ?? told.reason }), true);
      else if (told.state === "superseded") say(fill(words.superseded, { on: day(told.superseded_on, language), number: told.superseded_by.number }), true);
      else if (told.state === "expired") say(fill(words.expired, { on: day(told.valid_until, language) }), true);
      else if (told.state === "unknown") say(words.unknown, true);
      else if (!same) say(words.differs, true);
      else say(words.no_answer);
    } catch {
      say(words.no_answer);
    } finally {
      clearTimeout(timer);
    }
  }

  // ------------------------------------------------------------------------ reading a QR

  async function readerFor(box) {
    const native = globalThis.BarcodeDetector;
    if (native && (await native.getSupportedFormats()).includes("qr_code")) {
      const detector = new native({ formats: ["qr_code"] });
      return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
    }
    if (!globalThis.corpuJsQr) await load(box.dataset.jsqr);
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return async (picture, most = 900) => {
      const wide = picture.videoWidth || picture.width, high = picture.videoHeight || picture.height;
      const scale = Math.min(1, most / Math.max(wide, high, 1));
      canvas.width = Math.max(1, Math.round(wide * scale));
      canvas.height = Math.max(1, Math.round(high * scale));
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
      return globalThis.corpuJsQr.text(pixels.data, canvas.width, canvas.height);
    };
  }

  function equip(box) {
    const part = (name) => box.querySelector(`[data-${name}]`);
    const tell = (text) => (part("said").textContent = text);
    const wordsOf = (pinned) => pinned.sentences[languageOf(box)] ?? pinned.sentences.id;
    let stream = null, busy = false;

    // One thing at a time; what cannot be loaded is said, and nothing stays half done.
    const act = (work) => async (...given) => {
      if (busy) return;
      busy = true;
      tell("");
      try {
        await work(await prepare(box), ...given);
      } catch {
        tell(box.dataset.failed);
      } finally {
        busy = false;
      }
    };

    function judge(pinned, text) {
      tell("");
      const plain = text.trim();
      // Certificates from before payloads: their QR is an address of ours and no more.
      if (!here && !plain.includes("#") && plain.startsWith(`${location.origin}/verify/`)) {
        location.href = plain;
        return;
      }
      if (typeof BigInt === "undefined") return tell(wordsOf(pinned).old_browser);
      draw(box, pinned, globalThis.corpuQr.check(text, pinned, globalThis.corpuEd25519.holds));
    }

    function stop() {
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      part("video").srcObject = null;
      part("live").hidden = true;
    }

    const scan = act(async (pinned) => {
      const words = wordsOf(pinned), video = part("video");
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        return tell(words.no_camera);
      }
      const mine = stream;
      video.srcObject = mine;
      part("live").hidden = false;
      tell(words.looking);
      await video.play();
      const read = await readerFor(box);
      while (stream === mine) {
        const text = video.readyState >= 2 ? await read(video).catch(() => null) : null;
        if (text && stream === mine) {
          stop();
          return judge(pinned, text);
        }
        await new Promise((next) => setTimeout(next, EVERY));
      }
    });

    const photo = act(async (pinned) => {
      const file = part("file").files[0], words = wordsOf(pinned);
      part("file").value = "";
      if (!file) return;
      if (file.size > LARGEST) return tell(words.too_large);
      let picture;
      try {
        picture = await createImageBitmap(file);
      } catch {
        return tell(words.no_picture);
      }
      const read = await readerFor(box);
      let text = null;
      for (const most of [900, 1800, 450]) if (!text) text = await read(picture, most);
      picture.close();
      if (!text) return tell(words.no_code);
      judge(pinned, text);
    });

    part("paste").addEventListener("submit", (event) => {
      if (typeof BigInt === "undefined" && !here) return; // the server checks
      event.preventDefault();
      act(async (pinned) => {
        const text = part("paste").elements.qr.value;
        if (!text.trim()) return tell(wordsOf(pinned).empty);
        judge(pinned, text);
      })();
    });
    part("photo").addEventListener("click", () => part("file").click());
    part("file").addEventListener("change", photo);
    part("camera").addEventListener("click", scan);
    part("stop").addEventListener("click", () => { stop(); tell(""); });
    addEventListener("pagehide", stop);
    part("camera").hidden = !navigator.mediaDevices?.getUserMedia;
    part("ways").hidden = typeof createImageBitmap === "undefined";
  }

  for (const box of document.querySelectorAll("[data-checker]")) equip(box);

  // The page of a certificate, opened by its QR: what stands behind # is checked too.
  for (const place of document.querySelectorAll("[data-qr-said]")) {
    if (location.hash.length < 60) continue;
    prepare(place).then((pinned) => {
      const words = pinned.sentences[languageOf(place)] ?? pinned.sentences.id;
      const { finding, sealed, key } = globalThis.corpuQr.check(location.href, pinned, globalThis.corpuEd25519.holds);
      place.textContent = finding === "holds"
        ? `${words.holds_title}. ${fill(words.key, { kid: sealed.kid, owner: key.owner })}.`
        : `${words[`${finding}_title`]}. ${words[`${finding}_text`]}`;
      place.className = finding === "holds" ? "small muted" : "note bad";
      place.hidden = false;
    }, () => {});
  }

  // The file on disk speaks two languages, one at a time.
  const pages = [...document.querySelectorAll("[data-language]")];
  function speak(language) {
    document.documentElement.lang = language;
    for (const page of pages) page.hidden = page.lang !== language;
  }
  if (pages.length) {
    for (const button of document.querySelectorAll("[data-speak]"))
      button.addEventListener("click", () => speak(button.dataset.speak));
    speak(document.documentElement.lang); // that of whoever fetched it
  }
})();
