// The proof's page: fetches the answer and the proof that the reader can also save, and checks them with proof.js.
import { Broken, check } from "./proof.js";

const KEY = "lushi-log-key";
const CHECKPOINT = "lushi-log-checkpoint:";
const form = document.getElementById("check");
const input = document.getElementById("key");
const keep = document.getElementById("keep");

const show = (id, shown) => { document.getElementById(id).hidden = !shown; };

async function able() {
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

async function fetched(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function begin() {
  for (const id of ["holds", "breaks", "failed", "found"]) show(id, false);
  for (const step of document.querySelectorAll("[data-step]")) step.className = "";
  document.querySelector("[data-first]").hidden = true;
  show("result", true);
}

const mark = (step, kind) => { document.querySelector(`[data-step="${step}"]`).className = kind; };

async function run() {
  const written = input.value.trim();
  const kept = localStorage.getItem(CHECKPOINT + written);
  begin();
  try {
    const { decision, index } = form.dataset;
    const [answer, proof] = await Promise.all([
      fetched(`/v1/decisions/${decision}`), fetched(`/v1/log/inclusion?index=${index}`),
    ]);
    if (answer.decision_id !== decision) throw new Broken("answer");
    const extension = (first, second) => fetched(`/v1/log/consistency?first=${first}&second=${second}`);
    const found = await check({ answer, proof, key: written, kept, extension, passed: (step) => mark(step, "passed") });
    document.querySelector("[data-first]").hidden = kept !== null;
    for (const fact of document.querySelectorAll("[data-fact]")) fact.textContent = found[fact.dataset.fact];
    show("found", true);
    show("holds", true);
    if (keep.checked) {
      localStorage.setItem(KEY, written);
      localStorage.setItem(CHECKPOINT + written, found.checkpoint);
    }
  } catch (error) {
    if (error instanceof Broken) mark(error.step, "broken");
    show(error instanceof Broken ? "breaks" : "failed", true);
  }
  document.getElementById("result").scrollIntoView({ block: "nearest" });
}

show("no-script", false);
if (await able()) {
  const known = localStorage.getItem(KEY);
  form.hidden = false;
  if (known !== null) { input.value = known; keep.checked = true; }
  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
} else {
  show("too-old", true);
}
