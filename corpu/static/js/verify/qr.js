// Reads the QR text of a certificate and judges it by pinned keys: docs/qr.md in JavaScript.
// corpu/credentials/payload.py and checking.py do the same on the server; a test compares them.
// A classic script, so that the offline file can hold it as it is.
globalThis.corpuQr = (() => {
  const CONTEXT = "CorpU QR", ENDING = 2, HEAD = 71, LONGEST = 300, MOST = 4 * 260, DAY = 86400000;
  const EPOCH = Date.UTC(2000, 0, 1);
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  class Unreadable extends Error {}
  const damaged = () => new Unreadable("damaged");

  function fromBase64url(text) {
    const bytes = [];
    let bits = 0, held = 0;
    for (const letter of text) {
      const value = LETTERS.indexOf(letter);
      if (value < 0) throw damaged();
      bits = (bits << 6) | value;
      held += 6;
      if (held >= 8) {
        held -= 8;
        bytes.push((bits >> held) & 255);
        bits &= (1 << held) - 1;
      }
    }
    if (held >= 6 || bits) throw damaged(); // a letter too few, or bits beyond the last byte
    return new Uint8Array(bytes);
  }

  function toBase64url(bytes) {
    let text = "", bits = 0, held = 0;
    for (const byte of bytes) {
      bits = (bits << 8) | byte;
      held += 8;
      while (held >= 6) {
        held -= 6;
        text += LETTERS[(bits >> held) & 63];
        bits &= (1 << held) - 1;
      }
    }
    return held ? text + LETTERS[(bits << (6 - held)) & 63] : text;
  }

  // The words by "length:code", as RFC 1951, 3.2.2 gives codes to lengths.
  function codesOf(words) {
    const codes = new Map();
    let code = 0, before = 0;
    for (const length of Object.keys(words).map(Number).sort((a, b) => a - b)) {
      code <<= length - before;
      for (const word of words[length]) codes.set(`${length}:${code++}`, word);
      before = length;
    }
    return codes;
  }

  function unpack(body, { words, titles }, version) {
    const codes = codesOf(words);
    let place = 0;
    const take = (width) => {
      let value = 0;
      for (; width > 0; width -= 1, place += 1) {
        if (place >= body.length * 8) throw damaged();
        value = value * 2 + ((body[place >> 3] >> (7 - (place & 7))) & 1);
      }
      return value;
    };
    const word = () => {
      for (let length = 1, code = 0; length <= 16; length += 1) {
        code = code * 2 + take(1);
        const found = codes.get(`${length}:${code}`);
        if (found !== undefined) return found;
      }
      throw damaged();
    };
    const cut = [];
    const text = (name) => {
      let read = "";
      for (let letters = 0; letters <= LONGEST; ) {
        let next = word();
        if (next === "\u0001") cut.push(name);
        if (next === "\u0000" || next === "\u0001") return read;
        if (next === "\u0002") {
          const page = take(14);
          next = "";
          while (take(1)) {
            const point = page * 128 + take(7);
            if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) throw damaged();
            next += String.fromCodePoint(point);
          }
        }
        read += next;
        letters += [...next].length;
      }
      throw damaged();
    };
    const day = () => new Date(EPOCH + take(16) * DAY).toISOString().slice(0, 10);
    const demo = take(1) === 1, kind = take(3), hasSerial = take(1), serial = take(10);
    if (serial > 999 || (serial && !hasSerial) || (kind >= titles.length && kind !== 7)) throw damaged();
    const said = {
      demo,
      title: titles[kind] ?? "",
      serial: hasSerial ? String(serial).padStart(3, "0") : "",
      jp: take(17) / 100,
      edition: take(14),
      issued_on: day(),
      completed_on: day(),
      started_on: day(),
      valid_until: version === ENDING ? day() : null,
      number: text("number"),
      name: text("name"),
      course_title: text("course_title"),
      issuer: text("issuer"),
      cut,
    };
    const left = body.length * 8 - place;
    if (left > 7 || take(left)) throw damaged();
    return said;
  }

  function read(typed, pinned) {
    if (typed.length > MOST) throw new Unreadable("not_ours");
    const text = typed.replace(/\s+/g, "");
    const mark = text.indexOf("#");
    const address = text.slice(0, mark), packed = text.slice(mark + 1);
    if (mark < 0 || !packed || !address.includes("://")) throw new Unreadable("not_ours");
    const data = fromBase64url(packed);
    if (data[0] !== 1 && data[0] !== ENDING) throw new Unreadable("newer");
    if (data.length <= HEAD) throw damaged();
    const body = data.slice(HEAD);
    return {
      version: data[0],
      address,
      code: address.slice(address.lastIndexOf("/") + 1),
      kid: toBase64url(data.slice(1, 7)),
      signature: data.slice(7, HEAD),
      body,
      content: unpack(body, pinned, data[0]),
    };
  }

  function message(sealed) {
    const head = new TextEncoder().encode(`${CONTEXT} ${sealed.version}\n${sealed.address}\n`);
    const whole = new Uint8Array(head.length + sealed.body.length);
    whole.set(head);
    whole.set(sealed.body, head.length);
    return whole;
  }

  function inTime(key, issuedOn) {
    const shifted = (moment, days) =>
      new Date(Date.parse(`${moment.slice(0, 10)}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
    if (key.compromised_at) return "compromised";
    if (issuedOn < shifted(key.valid_from, -1)) return "not_yet";
    if (key.retired_at && issuedOn > shifted(key.retired_at, 1)) return "retired";
    return "holds";
  }

  // `pinned` is what /verify/offline.json says: keys, words, kinds of document. `holds` checks one signature.
  function check(text, pinned, holds, now = new Date()) {
    let sealed;
    try {
      sealed = read(text, pinned);
    } catch (refused) {
      if (!(refused instanceof Unreadable)) throw refused;
      return { finding: refused.message };
    }
    const key = pinned.keys.find((one) => one.kid === sealed.kid);
    if (!key) return { finding: "unknown_key", sealed };
    let signed = false;
    try {
      signed = holds(sealed.signature, message(sealed), fromBase64url(key.x));
    } catch {
      // What is no signature at all is a wrong one.
    }
    if (!signed) return { finding: "wrong", sealed, key };
    const issuedOn = sealed.content.issued_on, until = sealed.content.valid_until;
    let finding = inTime(key, issuedOn);
    // A day of UTC ends after the issuer's: nobody is told too early that it has ended.
    if (finding === "holds" && until && now.toISOString().slice(0, 10) > until) finding = "expired";
    const tomorrow = new Date(now.getTime() + DAY).toISOString().slice(0, 10);
    return { finding, sealed, key, ahead: issuedOn > tomorrow };
  }

  return { check, read, Unreadable };
})();
