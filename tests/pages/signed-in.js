// Runs the script of the page on which an identity provider's people come back, in a browser made of plain objects.
// First argument: a file with { script, scenes: [{ query, storage, ok, body }] }; answers what came of each scene.
const fs = require("node:fs");
const vm = require("node:vm");
const { script, scenes } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

async function play(scene) {
    const seen = { went: null, asked: null, address: null };
    const storage = new Map(Object.entries(scene.storage));
    const parts = {};
    const part = (id) => (parts[id] ??= { hidden: id !== "busy", href: "", parentElement: { hidden: true } });
    const context = vm.createContext({
        URLSearchParams,
        document: { getElementById: part },
        history: { replaceState: (state, title, address) => { seen.address = address; } },
        location: { search: scene.query, pathname: "/vc4all/signed-in", replace: (address) => { seen.went = address; } },
        sessionStorage: { getItem: (key) => storage.get(key) ?? null, removeItem: (key) => storage.delete(key) },
        fetch: async (address, request) => {
            seen.asked = { address, ...request, body: Object.fromEntries(request.body) };
            if (scene.body === undefined) throw new TypeError("no connection");
            return { ok: scene.ok, json: async () => scene.body };
        }
    });
    vm.runInContext(script, context);
    // All promises of the page are settled after one turn of the event loop.
    await new Promise((done) => setImmediate(done));
    seen.left = [...storage.keys()];
    seen.shown = Object.keys(parts).filter((id) => id !== "again" && !parts[id].hidden);
    seen.again = parts.again?.href ?? null;
    return seen;
}

Promise.all(scenes.map(play)).then((seen) => fs.writeSync(1, JSON.stringify(seen)));
