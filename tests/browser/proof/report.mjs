// The verdict on a journey: who was asked for what, and whether that was anybody but the instance.

// Addresses that lead to no one: the page itself, its own data, an inline script or style that a policy held back.
const HERE = /^(?:about|blob|data|chrome-error):|^(?:inline|eval|wasm-eval|trusted-types-policy|trusted-types-sink)$/;

// The host in an address, also in that of a STUN server; nothing for what leads to no one.
export function hostOf(address) {
    if (HERE.test(address)) {
        return undefined;
    }
    const relay = /^(?:stun|turn)s?:(\[[^\]]+\]|[^:?]+)/i.exec(address);
    try {
        return relay ? relay[1].toLowerCase() : new URL(address).hostname;
    } catch {
        return address;
    }
}

function origin(address) {
    const relay = /^(?:stun|turn)s?:[^?]+/i.exec(address);
    return relay ? relay[0] : new URL(address).origin;
}

// A datagram's address without its port.
function withoutPort(address) {
    return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

// This machine itself, and the groups in which browsers ask their neighbours for names (RFC 6762).
const NEAR = /^(?:127\.|::1$|0\.0\.0\.0$|::$|224\.0\.0\.251$|ff02::fb$)/;

// What the journey showed, as plain data.
export function judged(site, seen) {
    const foreign = seen.requests
        .map((request) => ({ ...request, host: hostOf(request.address) }))
        .filter(({ host }) => host !== undefined && host !== site.domain)
        .map(({ page, kind, address }) => ({ page, kind, address }));
    const own = new Set(site.addresses);
    const known = new Set([site.domain, ...own, ...foreign.map(({ address }) => hostOf(address))]);
    // A name of somebody else leads nowhere here, and may stand in the log as that alone.
    const unnamed = (host) => host === '~notfound' && foreign.length > 0;
    for (const host of seen.hosts.filter((host) => !known.has(host) && !unnamed(host))) {
        foreign.push({ page: 'one of the pages', kind: 'name in the log of the network', address: host });
    }
    for (const address of seen.datagrams.filter((address) => !own.has(withoutPort(address)) && !NEAR.test(withoutPort(address)))) {
        foreign.push({ page: 'one of the pages', kind: 'datagram', address });
    }
    const origins = {};
    for (const { kind, address } of seen.requests.filter(({ address }) => hostOf(address) === site.domain)) {
        const kinds = origins[origin(address)] ??= {};
        kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return { format: 'vc4all-browser-proof', version: 1, domain: site.domain, kept: foreign.length === 0, visited: seen.visited, origins, foreign };
}

function table(rows) {
    const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => String(row[at]).length)));
    return rows.map((row) => `  ${row.map((cell, at) => String(cell).padEnd(widths[at])).join('  ')}`.trimEnd()).join('\n');
}

// What stands in a page is text of somebody else: nothing in it may move the cursor of a terminal.
function inert(text) {
    return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}

function inWords(site, found) {
    const lines = ['Visited', table(found.visited.map(({ what, path, status }) => [what, status, path]))];
    const kinds = (counts) => Object.entries(counts).map(([kind, count]) => `${kind} ${count}`).join(', ');
    lines.push('', 'Asked', table(Object.entries(found.origins).map(([origin, counts]) => [origin, kinds(counts)])), '');
    if (!site.told) {
        lines.push('The instance serves no /.well-known/vc4all.json: pages in other languages and the door were not visited.');
    }
    if (found.kept) {
        lines.push(`Nobody but ${found.domain} was asked.`);
    } else {
        const rows = found.foreign.map(({ page, kind, address }) => [page, kind, inert(address)]);
        const unique = [...new Map(rows.map((row) => [row.join('\n'), row])).values()];
        lines.push('Somebody else', table(unique), '', `BROKEN: pages of ${found.domain} lead the browser to somebody else.`);
    }
    return lines.join('\n');
}

export function report(site, seen, json) {
    const found = judged(site, seen);
    return { kept: found.kept, text: json ? JSON.stringify(found, null, 2) : inWords(site, found) };
}
