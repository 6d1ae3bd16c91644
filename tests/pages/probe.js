// Asks nginx everything in a list of requests and prints the answers as JSON; stands in for Prosody behind it.
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const http2 = require("node:http2");
const tls = require("node:tls");

const requests = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

function prosody() {
    const server = http.createServer((request, response) => {
        let body = "";
        request.on("data", (part) => { body += part; });
        request.on("end", () => {
            response.setHeader("Content-Type", "text/xml; charset=utf-8");
            response.end(JSON.stringify({ url: request.url, headers: request.headers, size: body.length }));
        });
    });
    server.on("upgrade", (request, socket) => {
        socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Seen: "
            + encodeURIComponent(JSON.stringify({ url: request.url, headers: request.headers })) + "\r\n\r\n");
    });
    return new Promise((resolve) => server.listen(5280, "127.0.0.1", () => resolve(server)));
}

function ask(wish) {
    const options = {
        host: wish.address || "127.0.0.1",
        port: wish.plain ? 80 : 443,
        path: wish.path,
        method: wish.method || "GET",
        headers: { host: wish.host, ...wish.headers },
        servername: wish.sni === undefined ? wish.host : wish.sni,
        rejectUnauthorized: false,
        agent: false
    };
    return new Promise((resolve) => {
        const failed = (error) => resolve({ path: wish.path, error: error.code || String(error) });
        const request = (wish.plain ? http : https).request(options, (response) => {
            const parts = [];
            response.on("data", (part) => parts.push(part));
            response.on("error", failed);
            response.on("end", () => resolve({
                path: wish.path,
                status: response.statusCode,
                headers: response.headers,
                twice: response.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
                    .filter((name, at, all) => all.indexOf(name) !== at),
                body: Buffer.concat(parts).toString("utf8")
            }));
        });
        request.on("upgrade", (response, socket) => {
            socket.destroy();
            resolve({ path: wish.path, status: response.statusCode, headers: response.headers, twice: [], body: "" });
        });
        request.on("error", failed);
        request.end(wish.body);
    });
}

function askWithHttp2(wish) {
    return new Promise((resolve) => {
        const session = http2.connect("https://" + wish.host, {
            createConnection: () => tls.connect({ host: "127.0.0.1", port: 443, servername: wish.host, ALPNProtocols: ["h2"], rejectUnauthorized: false })
        });
        session.on("error", (error) => resolve({ path: wish.path, error: String(error) }));
        const stream = session.request({ ":path": wish.path });
        stream.on("response", (headers) => {
            const body = [];
            stream.on("data", (part) => body.push(part));
            stream.on("end", () => {
                session.close();
                const status = headers[":status"];
                resolve({ path: wish.path, status, headers: { ...headers }, twice: [], body: Buffer.concat(body).toString("utf8") });
            });
        });
        stream.end();
    });
}

function handshake(wish) {
    return new Promise((resolve) => {
        const socket = tls.connect({ host: "127.0.0.1", port: 443, servername: wish.host, rejectUnauthorized: false, ...wish.tls }, () => {
            const answer = { protocol: socket.getProtocol(), cipher: socket.getCipher().name, group: socket.getEphemeralKeyInfo() };
            socket.destroy();
            resolve(answer);
        });
        socket.on("error", (error) => resolve({ error: error.code || String(error) }));
    });
}

async function main() {
    const server = await prosody();
    const answers = [];
    for (const wish of requests) {
        answers.push(await (wish.tls ? handshake(wish) : wish.h2 ? askWithHttp2(wish) : ask(wish)));
    }
    server.closeAllConnections();
    server.close();
    process.stdout.write(JSON.stringify(answers), () => process.exit(0));
}

main();
