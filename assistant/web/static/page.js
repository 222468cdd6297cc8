// What the page does beyond Gradio: open and leave sources, copy, feedback, focus, and what screen readers are told.
// Everything is delegated from the document, for Gradio puts answers into the page after this has run.

const say = (name) => document.querySelector(`meta[name="summit:${name}"]`)?.content ?? "";
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const byId = (id) => document.getElementById(id);

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("a, button") : null;
  if (!target) return;
  if (target.matches("a.reference")) follow(event, target, openSource);
  else if (target.matches("a.back")) follow(event, target, (place) => place.focus());
  else if (target.matches("a.skip")) follow(event, target, (place) => field(place)?.focus());
  else if (target.matches("button.copy")) copy(target);
  else if (target.matches("button.verdict")) judge(target);
  else if (target.matches("a#language")) keepQuestion(target);
});

function follow(event, link, act) {
  const place = byId(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  act(place);
}

function openSource(source) {
  source.open = true;
  const summary = source.querySelector("summary");
  summary.focus({ preventScroll: true });
  source.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  source.classList.remove("found");
  // Reading a measure lets the browser begin the animation anew.
  void source.offsetWidth;
  source.classList.add("found");
}

async function copy(button) {
  const text = byId(button.value);
  if (!text) return;
  const kept = /-(notes|link)$/.test(button.value) ? keepAnswer(button.closest(".turn")?.querySelector("a.permalink")) : true;
  if (await written(text.textContent)) {
    tell(say("copied"));
    acknowledge(button);
  } else {
    text.hidden = false;
    getSelection()?.selectAllChildren(text);
    tell(say("copy_failed"));
  }
  if (!(await kept)) note(say("link_failed"));
}

// The server keeps an answer once its link is opened. Whoever copies the link opens it later, or never: it is kept now.
const keptAnswers = new Set();
async function keepAnswer(link) {
  if (!link || keptAnswers.has(link.pathname)) return true;
  try {
    const response = await fetch(link.pathname, { method: "POST", redirect: "manual" });
    if (response.type !== "opaqueredirect") return false;
    keptAnswers.add(link.pathname);
    return true;
  } catch {
    return false; // the server is away
  }
}

// The browser's own "copy link address" is in this menu; a link may also be dragged into a letter.
for (const kind of ["contextmenu", "dragstart"]) {
  document.addEventListener(kind, (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.permalink") : null;
    if (link) keepAnswer(link);
  });
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or a page that is not served over https
  }
}

function acknowledge(button) {
  const label = button.textContent;
  if (button.classList.contains("done")) return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.classList.add("done");
  button.textContent = say("copied");
  setTimeout(() => {
    button.classList.remove("done");
    button.textContent = label;
    button.style.minWidth = "";
  }, 2000);
}

function judge(button) {
  const group = button.closest(".feedback");
  for (const other of group.querySelectorAll("button.verdict")) other.setAttribute("aria-pressed", String(other === button));
  group.querySelector("form")?.remove();
  if (button.value === "right") send(group, button, "");
  else group.append(commentForm(group, button));
}

function commentForm(group, button) {
  const form = document.createElement("form");
  const label = document.createElement("label");
  const text = document.createElement("textarea");
  const submit = document.createElement("button");
  label.textContent = say("feedback_text");
  text.maxLength = 1000;
  text.rows = 2;
  submit.textContent = say("feedback_send");
  label.append(text);
  form.append(label, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(group, button, text.value);
  });
  queueMicrotask(() => text.focus());
  return form;
}

async function send(group, button, text) {
  const body = JSON.stringify({ answer_id: button.name, verdict: button.value, text });
  let kept = false;
  try {
    kept = (await fetch("/api/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body })).ok;
  } catch {
    kept = false; // the server is away
  }
  const message = say(kept ? "feedback_thanks" : "feedback_failed");
  tell(message);
  if (!kept) return;
  const thanks = document.createElement("p");
  thanks.className = "thanks";
  thanks.tabIndex = -1;
  thanks.textContent = message;
  group.replaceChildren(thanks);
  thanks.focus({ preventScroll: true });
}

function keepQuestion(link) {
  const question = field(byId("question"))?.value.trim() || lastQuestion();
  const address = new URL(link.href);
  if (question) address.searchParams.set("q", question.slice(0, 1000));
  link.href = address.href;
}

function lastQuestion() {
  const heading = byId("current")?.querySelector(".question")?.cloneNode(true);
  heading?.querySelector(".vh")?.remove();
  return heading?.textContent ?? "";
}

const field = (box) => box?.querySelector("textarea, input");

// Said once to a screen reader, in a region that stands in the page from the start.
let told = "";
function tell(message) {
  const region = byId("announcer");
  if (!region || told === message) return;
  told = message;
  region.textContent = message;
}

function whenThere(selector, act) {
  const found = document.querySelector(selector);
  if (found) return act(found);
  const watcher = new MutationObserver(() => {
    const late = document.querySelector(selector);
    if (!late) return;
    watcher.disconnect();
    act(late);
  });
  watcher.observe(document.documentElement, { childList: true, subtree: true });
}

// A line above the foot of the window, for what Gradio would say in English and in its own way.
function note(message) {
  byId("note").textContent = message;
  if (message) tell(message);
}

function watchToasts(toasts) {
  new MutationObserver(() => {
    const toast = toasts.querySelector(".toast-body");
    if (!toast) return;
    note(say(/busy|full|occup/i.test(toast.textContent) ? "busy" : "failed"));
    setTimeout(() => note(""), 8000);
  }).observe(toasts, { childList: true, subtree: true });
}

// Every question passes the queue; only one that stays there is worth a word.
function watchQueue(status) {
  const place = status.querySelector('[data-testid="status-tracker"]');
  let queued = 0;
  new MutationObserver(() => {
    const waits = /queue|file/i.test(place.textContent);
    if (waits && !queued) queued = setTimeout(() => note(say("queued")), 600);
    if (waits || !queued) return;
    clearTimeout(queued);
    queued = 0;
    note("");
  }).observe(place, { childList: true, subtree: true, characterData: true });
}

function watchStatus(status) {
  watchQueue(status);
  // Gradio keeps a timer of its own beside the text.
  const text = () => status.querySelector(".md")?.textContent.trim() ?? "";
  new MutationObserver(() => tell(text())).observe(status, { childList: true, subtree: true, characterData: true });
}

// A new question comes to the top of the window and stays there while its answer grows, unless the reader scrolls away.
// Focus that was lost with a vanished button goes to it.
function watchConversation(current) {
  let shown = "";
  let following = false;
  for (const kind of ["wheel", "touchmove"]) addEventListener(kind, () => (following = false), { passive: true });
  const settle = () => {
    const heading = current.querySelector(".question");
    if (!heading) return (shown = "");
    if (lostFocus()) heading.focus({ preventScroll: true });
    const waiting = current.querySelector(".pending-turn") !== null;
    if (heading.id !== shown || waiting) following = true;
    shown = heading.id;
    if (following) heading.scrollIntoView({ block: "start", behavior: "instant" });
    if (current.querySelector(".provenance, .notice")) setTimeout(() => (following = false), 400);
  };
  new MutationObserver(settle).observe(current, { childList: true, subtree: true });
  // What follows the answer (tools, related questions) comes a moment later and moves the end of the page.
  new ResizeObserver(() => following && settle()).observe(document.body);
}

function lostFocus() {
  const active = document.activeElement;
  return !active || active === document.body || active.offsetParent === null;
}

function prefill(box) {
  const asked = new URLSearchParams(location.search).get("q");
  if (!asked || box.value) return;
  box.value = asked.slice(0, 1000);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

const announcer = document.createElement("div");
announcer.id = "announcer";
announcer.className = "vh";
announcer.setAttribute("role", "status");
const line = document.createElement("p");
line.id = "note";
document.body.append(announcer, line); // a module runs when the document is there

// In another site's frame the page leaves its header and footer away; see widget.js.
if (new URLSearchParams(location.search).has("embed")) document.documentElement.classList.add("embedded");
whenThere("#status", watchStatus);
whenThere(".toast-wrap", watchToasts);
whenThere("#current", watchConversation);
whenThere("#question textarea", prefill);
