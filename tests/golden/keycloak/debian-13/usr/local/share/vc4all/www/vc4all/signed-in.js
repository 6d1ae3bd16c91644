"use strict";

// The identity provider sends the browser back with a code. This turns it into an ID token (RFC 6749 §4.1.3) and opens
// the room with it. Who did not begin here has no verifier (RFC 7636), so a code that somebody else sends opens nothing.
const TOKEN_ADDRESS = "https://inloggen.voorbeeldstad.nl/realms/medewerkers/protocol/openid-connect/token";
const CLIENT = "overleg";
const RETURN_ADDRESS = "https://overleg.voorbeeldstad.nl/vc4all/signed-in";

// What a visitor had chosen before the log-in and keeps; the rest of the state is not ours.
const KEPT = ["config.startWithAudioMuted", "config.startWithVideoMuted", "config.startAudioOnly", "config.prejoinConfig.enabled"];

// The state that Jitsi's client gave along, as { room, kept }; nothing when it names no room.
function stateOf(text) {
    let state;
    try {
        state = JSON.parse(text);
    } catch {
        return null;
    }
    const room = state && (state.roomSafe || state.room);
    if (typeof room !== "string" || state.tenant || !/^[^/?&:'"<>. \\#%\u0000-\u001f]{1,200}$/.test(room)) {
        return null;
    }
    return { room, kept: KEPT.filter((key) => typeof state[key] === "boolean").map((key) => `${key}=${state[key]}`) };
}

// The room's address with the token in quotes: Jitsi's client reads each value of a fragment as JSON.
function destination(state, token) {
    return `/${encodeURIComponent(state.room)}#${[`jwt=%22${token}%22`, ...state.kept].join("&")}`;
}

async function tokenFor(code, verifier) {
    const answer = await fetch(TOKEN_ADDRESS, {
        method: "POST",
        body: new URLSearchParams({
            grant_type: "authorization_code",
            client_id: CLIENT,
            redirect_uri: RETURN_ADDRESS,
            code_verifier: verifier,
            code
        }),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer"
    });
    const token = answer.ok ? (await answer.json()).id_token : "";
    return typeof token === "string" && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? token : null;
}

function tell(problem, state) {
    document.getElementById("busy").hidden = true;
    document.getElementById(problem).hidden = false;
    const again = document.getElementById("again");
    again.href = state ? `/${encodeURIComponent(state.room)}` : "/";
    again.parentElement.hidden = false;
}

async function comeBack() {
    const query = new URLSearchParams(location.search);
    const state = stateOf(query.get("state"));
    const verifier = sessionStorage.getItem("code_verifier");
    // Neither the code nor the verifier is good for a second time.
    sessionStorage.removeItem("code_verifier");
    history.replaceState(null, "", location.pathname);
    if (query.get("error") === "access_denied") {
        return tell("denied", state);
    }
    if (!state || !query.get("code") || !verifier) {
        return tell("failed", state);
    }
    const token = await tokenFor(query.get("code"), verifier).catch(() => null);
    return token ? location.replace(destination(state, token)) : tell("failed", state);
}

comeBack();
