// Checks that a decision stands in the log, and that the log was only extended: as verify/check.py does, with WebCrypto alone.
// It trusts nothing but the key that the reader brings. Every function throws Broken where something does not hold.

export class Broken extends Error {
  constructor(step) { super(step); this.step = step; }
}

const text = new TextEncoder();
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = (bytes) => Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
const same = (one, other) => hex(one) === hex(other);

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

function need(holds, step) { if (!holds) throw new Broken(step); }

export function decoded(coded, step) {
  let plain;
  try { plain = atob(coded); } catch { throw new Broken(step); }
  need(typeof coded === "string" && btoa(plain) === coded, step); // one way of writing it only
  return Uint8Array.from(plain, (it) => it.charCodeAt(0));
}

function inOrder(one, other) { // by code points, not by the halves of pairs
  const [mine, theirs] = [[...one], [...other]];
  const at = mine.findIndex((it, place) => it !== theirs[place]);
  if (at < 0) return mine.length - theirs.length;
  return at < theirs.length ? mine[at].codePointAt(0) - theirs[at].codePointAt(0) : 1;
}

// The way in which the service writes a value as bytes: keys in order, nothing between; there are no fractions in it.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort(inOrder);
    return `{${names.map((it) => `${JSON.stringify(it)}:${canonical(value[it])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

export const leafHash = (body) => digest(joined(Uint8Array.of(0), body));
const nodeHash = (left, right) => digest(joined(Uint8Array.of(1), left, right));

const odd = (at) => at % 2 === 1;
const half = (at) => Math.floor(at / 2); // not >>: that has 32 bits

// RFC 9162, 2.1.3.2: the root to which a path leads from a leaf.
export async function rootFrom(leaf, index, size, path) {
  need(index >= 0 && index < size, "included");
  let at = index, last = size - 1, found = leaf;
  for (const step of path) {
    need(last > 0, "included");
    if (odd(at) || at === last) {
      found = await nodeHash(step, found);
      while (!odd(at) && at > 0) { at = half(at); last = half(last); }
    } else {
      found = await nodeHash(found, step);
    }
    at = half(at); last = half(last);
  }
  need(last === 0, "included");
  return found;
}

// RFC 9162, 2.1.4.2: the larger log begins with the smaller one.
export async function checkExtends(first, firstRoot, second, secondRoot, path) {
  need(first <= second, "extends");
  if (first === second || first === 0) {
    need(path.length === 0 && (first !== second || same(firstRoot, secondRoot)), "extends");
    return;
  }
  let power = first;
  while (!odd(power)) power = half(power);
  const steps = power === 1 ? [firstRoot, ...path] : [...path];
  need(steps.length > 0, "extends");
  let at = first - 1, last = second - 1;
  while (odd(at)) { at = half(at); last = half(last); }
  let before = steps[0], after = steps[0];
  for (const step of steps.slice(1)) {
    need(last > 0, "extends");
    if (odd(at) || at === last) {
      before = await nodeHash(step, before);
      after = await nodeHash(step, after);
      while (!odd(at) && at > 0) { at = half(at); last = half(last); }
    } else {
      after = await nodeHash(after, step);
    }
    at = half(at); last = half(last);
  }
  need(last === 0 && same(before, firstRoot) && same(after, secondRoot), "extends");
}

// A key in the form name+id+base64, whose id belongs to its name and bytes.
export async function readKey(written) {
  const [, name, id, coded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(written.trim()) || [];
  need(name !== undefined, "key");
  const bytes = decoded(coded, "key");
  need(bytes.length === 33 && bytes[0] === 1, "key");
  const hashed = await digest(joined(text.encode(`${name}\n`), bytes));
  need(hex(hashed).slice(0, 8) === id, "key");
  return { name, id, bytes: bytes.slice(1) };
}

// A checkpoint in signed-note form, its signature checked against the key.
export async function readCheckpoint(note, key) {
  const end = note.indexOf("\n\n");
  need(end > 0, "signature");
  const body = note.slice(0, end + 1);
  const mark = `\u2014 ${key.name} `;
  const public_ = await crypto.subtle.importKey("raw", key.bytes, { name: "Ed25519" }, false, ["verify"]);
  for (const line of note.slice(end + 2).split("\n")) {
    if (!line.startsWith(mark)) continue;
    const signature = decoded(line.slice(mark.length), "signature");
    if (signature.length !== 68 || hex(signature.slice(0, 4)) !== key.id) continue;
    need(await crypto.subtle.verify("Ed25519", public_, signature.slice(4), text.encode(body)), "signature");
    const [origin, size, root] = body.split("\n");
    need(origin === key.name && /^(0|[1-9][0-9]{0,14})$/.test(size), "signature");
    const bytes = decoded(root, "signature");
    need(bytes.length === 32, "signature");
    return { size: Number(size), root: bytes };
  }
  throw new Broken("signature");
}

function pathOf(proof, step) {
  need(Array.isArray(proof.path) && proof.path.length <= 64, step);
  const found = proof.path.map((it) => decoded(it, step));
  need(found.every((it) => it.length === 32), step);
  return found;
}

// The entry that an answer names, once it is shown to commit to everything that the answer says.
export async function entryOf(answer) {
  const receipt = answer && answer.receipt;
  need(receipt && Number.isSafeInteger(receipt.log_index) && typeof receipt.log_entry === "string", "answer");
  const body = text.encode(receipt.log_entry);
  if (answer.erased === true && receipt.salt === null) return { index: receipt.log_index, body, erased: true };
  const salt = decoded(receipt.salt, "answer");
  need(salt.length === 32, "answer");
  const content = Object.fromEntries(Object.entries(answer).filter(([it]) => it !== "receipt" && it !== "afterwards"));
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(canonical(content))));
  let said;
  try { said = JSON.parse(receipt.log_entry); } catch { throw new Broken("answer"); }
  need(said !== null && said.commitment === hex(mac), "answer");
  return { index: receipt.log_index, body, erased: false };
}

// Everything in its order; passed(step) is called for each step that holds. kept: a checkpoint of before, or null.
// extension(first, second): gives the consistency proof between two sizes.
export async function check({ answer, proof, key, kept, extension, passed = () => {} }) {
  const known = await readKey(key);
  passed("key");
  const entry = await entryOf(answer);
  if (!entry.erased) passed("answer");
  need(proof !== null && typeof proof === "object" && typeof proof.checkpoint === "string", "signature");
  const now = await readCheckpoint(proof.checkpoint, known);
  passed("signature");
  need(proof.index === entry.index && proof.size === now.size, "place");
  passed("place");
  const leaf = await leafHash(entry.body);
  const root = await rootFrom(leaf, entry.index, now.size, pathOf(proof, "included"));
  need(same(root, now.root), "included");
  passed("included");
  if (kept !== null) {
    const before = await readCheckpoint(kept, known);
    const inner = before.size > 0 && before.size < now.size;
    const found = inner ? await extension(before.size, now.size) : { first: before.size, second: now.size, path: [] };
    need(found && found.first === before.size && found.second === now.size, "extends");
    await checkExtends(before.size, before.root, now.size, now.root, pathOf(found, "extends"));
    passed("extends");
  }
  return { size: now.size, leaf: hex(leaf), root: hex(root), checkpoint: proof.checkpoint, erased: entry.erased };
}
