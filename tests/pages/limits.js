// A town hall behind one address, and then a flood from it; prints who was served. Upstream is a server that says yes.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");

const host = process.argv[2];
const PEOPLE = 500;
const HOSTS = 100;
const FLOOD = 20000;
const LINES = 64;

function yes(place) {
    const server = http.createServer((request, response) => {
        request.resume();
        request.on("end", () => response.end("yes"));
    });
    server.on("upgrade", (request, socket) => {
        const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        const accept = crypto.createHash("sha1").update(key).digest("base64");
        socket.on("error", () => {});
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n");
    });
    return new Promise((resolve) => server.listen(place, () => resolve(server)));
}

// One answer's status; a connection of its own unless a line is given.
function ask(path, wishes = {}) {
    const { agent = false, method = "GET", headers = {} } = wishes;
    const options = { host: "127.0.0.1", port: 443, servername: host, path, method, agent, headers: { host, ...headers }, rejectUnauthorized: false };
    return new Promise((resolve) => {
        const request = https.request(options, (response) => {
            response.resume();
            response.on("end", () => resolve(response.statusCode));
        });
        // The socket stays open, as in a meeting.
        request.on("upgrade", (response, socket) => {
            socket.on("error", () => {});
            resolve(response.statusCode);
        });
        request.on("error", (error) => resolve(error.code));
        request.end(method === "POST" ? "<body/>" : undefined);
    });
}

function count(statuses) {
    const found = {};
    for (const status of statuses) {
        found[status] = (found[status] || 0) + 1;
    }
    return found;
}

async function timed(work) {
    const begun = process.hrtime.bigint();
    const served = count(await work());
    return { served, seconds: Number(process.hrtime.bigint() - begun) / 1e9 };
}

const websocket = () => ask("/xmpp-websocket?room=raad", { headers: {
    upgrade: "websocket", connection: "upgrade", "sec-websocket-protocol": "xmpp", "sec-websocket-version": "13",
    "sec-websocket-key": crypto.randomBytes(16).toString("base64")
} });
const bosh = () => ask("/http-bind?room=raad", { method: "POST" });
// Somebody whose browser has no websocket asks again and again; they come in one after the other.
async function comesIn(_, at) {
    await new Promise((resolve) => setTimeout(resolve, at * 10));
    return [await bosh(), await bosh()];
}
const many = (times, each) => () => Promise.all(Array.from({ length: times }, each));

async function flood(path, method) {
    const agent = new https.Agent({ keepAlive: true, maxSockets: LINES });
    let left = FLOOD;
    const line = async () => {
        const seen = [];
        while (left > 0) {
            left -= 1;
            seen.push(await ask(path, { agent, method }));
        }
        return seen;
    };
    const result = await timed(async () => (await Promise.all(Array.from({ length: LINES }, line))).flat());
    agent.destroy();
    return result;
}

async function main() {
    fs.mkdirSync("/run/vc4all", { recursive: true });
    await Promise.all([yes({ port: 5280, host: "127.0.0.1" }), yes("/run/vc4all/door.sock")]);
    fs.chmodSync("/run/vc4all/door.sock", 0o666);
    const answers = {
        pages: await timed(many(PEOPLE, () => ask("/raad-83920174659"))),
        websockets: await timed(many(PEOPLE, websocket)),
        hosts: await timed(many(HOSTS, () => ask("/door?room=raad-83920174659"))),
        bosh: await timed(async () => (await many(PEOPLE, comesIn)()).flat()),
        flood: await flood("/http-bind?room=raad", "POST"),
        doorFlood: await flood("/door", "GET"),
        afterwards: await ask("/")
    };
    process.stdout.write(JSON.stringify(answers), () => process.exit(0));
}

main();
