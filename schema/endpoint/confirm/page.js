"use strict";

const VERIFY = `mutation VerifyEmail($token: String!) {
  verifyEmail(token: $token) { confirmed problems { field code message } }
}`;
const RESET = `mutation ResetPassword($token: String!, $password: String!) {
  resetPassword(token: $token, password: $password) { problems { field code message } }
}`;
const SHORTEST = 10;

const KINDS = {
  verify: {
    title: "Confirm your email",
    text: "Did you register with Candour? Then press the button to confirm that this email is yours. "
      + "If you did not, close this page: nothing happens.",
    button: "Confirm my email",
  },
  email: {
    title: "Confirm your change of email",
    text: "Did you ask to change your email at Candour? Then press the button. "
      + "If you did not, close this page: your email stays as it is.",
    button: "Confirm the change",
  },
  story: {
    title: "Confirm your story",
    text: "Did you send Candour a story? Then press the button, and our moderators read it. "
      + "If you did not, close this page: nobody reads it, and it is deleted.",
    button: "Confirm my story",
  },
  reset: {
    title: "Choose a new password",
    text: "You will be signed out everywhere, and sign in with the new password.",
    button: "Set the new password",
  },
};
const DONE = {
  VERIFIED: ["Your email is confirmed", "Thank you. You can sign in now."],
  HALF_CHANGED: [
    "One address has confirmed",
    "Thank you. Now the other address has to confirm too: follow the link in the e-mail that we sent there. "
      + "Until then your email stays as it is. The links work for 7 days.",
  ],
  CHANGED: ["Your email has changed", "Thank you. From now on, sign in with the new one."],
  STORY_SUBMITTED: [
    "Your story is with our moderators",
    "Thank you. We write to you when they have read it. To see it, sign in; if you have no password yet, ask for one "
      + "with “Forgotten password”.",
  ],
  RESET: ["Your new password is set", "You were signed out everywhere. Sign in with the new password."],
};
const NEW_LINK = {
  verify: "For a new link, register again with the same email.",
  email: "For a new link, sign in and change your email again.",
  story: "For a new link, send your story again.",
  reset: "For a new link, ask again for a new password.",
};
const USED = {
  verify: "A link works only once. If it was you, your email is confirmed and you can sign in.",
  email: "A link works only once. If it was you, this address has confirmed, and there is nothing more to do here.",
  story: "A link works only once. If it was you, your story is with our moderators.",
  reset: "A link works only once. If it was not you, ask for a new password at once.",
};
const DEAD = {
  TOKEN_UNKNOWN: (kind) => [
    "This link does not work",
    "It is not complete, or a newer e-mail has replaced it. Open the whole link from the newest e-mail. "
      + NEW_LINK[kind],
  ],
  TOKEN_USED: (kind) => ["This link was used before", USED[kind]],
  TOKEN_EXPIRED: (kind) => ["This link is too old", NEW_LINK[kind]],
};

const part = (id) => document.getElementById(id);
const shown = (element, show) => element.toggleAttribute("hidden", !show);

function taken() {
  // The fragment leaves the address bar, and with it the browser's history, before anything else happens.
  const [kind, token] = location.hash.slice(1).split("=", 2);
  history.replaceState(null, "", location.pathname);
  return Object.hasOwn(KINDS, kind) && token ? { kind, token } : null;
}

let link = taken();
let busy = false;

function say(title, text) {
  document.title = `${title} · Candour`;
  part("title").textContent = title;
  part("text").textContent = text;
}

function finish(title, text) {
  link = null;
  part("password").value = part("again").value = "";
  shown(part("form"), false);
  say(title, text);
  part("title").focus();
}

function complain(id, message) {
  const input = document.getElementById(id);
  const place = part(input ? `${id}-problem` : "problem");
  place.textContent = message;
  shown(place, true);
  input?.setAttribute("aria-invalid", "true");
  (input ?? part("button")).focus();
}

function forgive() {
  document.querySelectorAll(".problem").forEach((place) => shown(place, false));
  document.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
}

async function ask(query, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "omit",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json",
      "Candour-CSRF": "1",
    },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json().catch(() => ({}));
  const [payload] = Object.values(answer.data ?? {});
  if (!payload) throw new Error(answer.errors?.[0]?.message ?? "Something went wrong. Try again in a few minutes.");
  return payload;
}

function refused(problem) {
  if (Object.hasOwn(DEAD, problem.code)) {
    finish(...DEAD[problem.code](link.kind));
  } else {
    complain(problem.field ?? "", problem.message);
  }
}

/** Whether what was typed can be sent. */
function typed() {
  const password = part("password").value;
  if ([...password].length < SHORTEST) {
    complain("password", `This password is too short: take at least ${SHORTEST} characters.`);
    return false;
  }
  if (password !== part("again").value) {
    complain("again", "The two passwords differ. Type the same one twice.");
    return false;
  }
  return true;
}

async function send() {
  const reset = link.kind === "reset";
  const variables = { token: link.token, ...(reset && { password: part("password").value }) };
  const payload = await ask(reset ? RESET : VERIFY, variables);
  if (payload.problems.length) refused(payload.problems[0]);
  else finish(...DONE[reset ? "RESET" : payload.confirmed]);
}

async function submit(event) {
  event.preventDefault();
  if (busy || !link) return;
  forgive();
  if (link.kind === "reset" && !typed()) return;
  busy = true;
  part("button").setAttribute("aria-disabled", "true");
  try {
    await send();
  } catch (error) {
    const offline = error instanceof TypeError;
    complain("", offline ? "Candour did not answer. Check your connection and try again." : error.message);
  } finally {
    busy = false;
    part("button").removeAttribute("aria-disabled");
  }
}

function begin() {
  if (!link) {
    finish(
      "This page needs a link",
      "Open the whole link from the e-mail that we sent to you. If you opened it before, open it again from there.",
    );
    return;
  }
  const { title, text, button } = KINDS[link.kind];
  say(title, text);
  part("button").textContent = button;
  shown(part("passwords"), link.kind === "reset");
  shown(part("form"), true);
}

part("form").addEventListener("submit", submit);
part("show").addEventListener("change", (event) => {
  for (const id of ["password", "again"]) part(id).type = event.target.checked ? "text" : "password";
});
// The same page, opened with another link from an e-mail.
addEventListener("hashchange", () => {
  const next = taken();
  if (!next) return;
  link = next;
  forgive();
  begin();
});
begin();
