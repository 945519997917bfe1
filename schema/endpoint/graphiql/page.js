"use strict";

const HERE = "/graphql";
const DEMO = document.body.dataset.demo === "yes";
const DEMO_PASSWORD = "candour-demo";
const PEOPLE = [
  "author", "member", "staff", "manager", "other", "commissioner", "moderator", "safeguarding", "safeguarding2",
  "abuse", "dpo", "admin", "police",
];
const BY_HAND = "by hand";
const SIGN_IN = `mutation SignIn($email: String!, $password: String!) {
  signIn(email: $email, password: $password) { token problems { message } }
}`;

const bar = Object.fromEntries(
  ["sign-in", "who", "email", "password", "purpose", "status"].map((id) => [id, document.getElementById(id)]),
);
// Tokens live here only: nothing of a session is written to the browser's storage.
const tokens = new Map();
let token = null;
let turn = 0;
let ready = Promise.resolve();

async function post(body, headers = {}) {
  const response = await fetch(HERE, {
    method: "POST",
    // Only the chosen person's token says who asks, never a cookie of this site.
    credentials: "omit",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify(body),
  });
  if (response.status === 401) tokens.clear();
  return response.json();
}

async function ask(body, options) {
  await ready;
  const headers = { ...(options?.headers ?? {}) };
  if (token && body.operationName !== "IntrospectionQuery") {
    headers.Authorization ??= `Bearer ${token}`;
    if (bar.purpose.value) headers["Candour-Purpose"] ??= bar.purpose.value;
  }
  return post(body, headers);
}

function say(text, failed = false) {
  bar.status.textContent = text;
  bar.status.classList.toggle("failed", failed);
}

async function signIn(email, password) {
  const answer = await post({ query: SIGN_IN, operationName: "SignIn", variables: { email, password } });
  const payload = answer.data?.signIn;
  if (payload?.token) return payload.token;
  throw new Error(payload?.problems?.[0]?.message ?? answer.errors?.[0]?.message ?? "Signing in failed.");
}

async function become(email, password) {
  const mine = ++turn;
  token = null;
  say(`Signing in as ${email} …`);
  try {
    const found = tokens.get(email) ?? (await signIn(email, password));
    tokens.set(email, found);
    if (mine !== turn) return;
    token = found;
    say(`Signed in as ${email}`);
  } catch (error) {
    if (mine === turn) say(`Not signed in. ${error.message}`, true);
  }
}

function choose(person) {
  bar.who.value = person;
  const byHand = person === BY_HAND;
  document.querySelectorAll(".by-hand").forEach((element) => (element.hidden = !byHand));
  if (person && !byHand) {
    ready = become(`${person}@demo.example`, DEMO_PASSWORD);
    return;
  }
  turn += 1;
  token = null;
  say(byHand ? "" : "Not signed in");
}

function showExample(example) {
  if (!DEMO) return;
  bar.purpose.value = example.purpose;
  choose(example.who);
}

let shown = null;
function onTabChange({ tabs, activeTabIndex }) {
  const tab = tabs[activeTabIndex];
  if (!tab || tab.id === shown) return;
  shown = tab.id;
  const example = EXAMPLES.find(({ operation }) => operation === tab.title);
  if (example) showExample(example);
}

function option(value, label) {
  const element = document.createElement("option");
  element.value = value;
  element.textContent = label;
  return element;
}

function prepareBar() {
  bar.who.append(option("", "nobody (anonymous)"));
  if (DEMO) bar.who.append(...PEOPLE.map((person) => option(person, `${person}@demo.example`)));
  bar.who.append(option(BY_HAND, "an account of your own …"));
  bar.who.addEventListener("change", () => {
    bar.purpose.value = "";
    choose(bar.who.value);
  });
  bar["sign-in"].addEventListener("submit", (event) => {
    event.preventDefault();
    const password = bar.password.value;
    bar.password.value = "";
    tokens.delete(bar.email.value);
    ready = become(bar.email.value, password);
  });
  choose("");
}

function prepareEditor() {
  const root = document.getElementById("graphiql");
  root.textContent = "";
  const asked = new URLSearchParams(location.search);
  const editor = React.createElement(GraphiQL, {
    fetcher: ask,
    defaultTabs: EXAMPLES.map(({ query }) => ({ query })),
    query: asked.get("query") ?? undefined,
    variables: asked.get("variables") ?? undefined,
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    onTabChange,
  });
  ReactDOM.render(editor, root);
}

prepareBar();
prepareEditor();
