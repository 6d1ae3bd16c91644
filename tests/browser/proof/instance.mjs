// What an instance says about itself, over a connection whose certificate is looked at: its pages, addresses and key.
import { createHash, randomInt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

const MOST_BYTES = 1_000_000;

// One answer over HTTPS, and the digest of the key in the certificate that browsers would be shown.
function answer({ domain, address, authorities }, path) {
    const options = { host: address, servername: domain, headers: { host: domain }, path, ca: authorities, timeout: 15_000, agent: false };
    return new Promise((resolve, reject) => {
        const request = get(options, (response) => {
            const key = response.socket.getPeerX509Certificate().publicKey.export({ type: 'spki', format: 'der' });
            const parts = [];
            let bytes = 0;
            response.on('data', (part) => {
                bytes += part.length;
                parts.push(part);
                if (bytes > MOST_BYTES) {
                    request.destroy(new Error(`${path} has no end`));
                }
            });
            response.on('end', () => resolve({
                status: response.statusCode,
                body: Buffer.concat(parts).toString('utf8'),
                trusted: createHash('sha256').update(key).digest('base64')
            }));
            response.on('error', reject);
        });
        request.on('timeout', () => request.destroy(new Error(`${domain} does not answer`)));
        request.on('error', reject);
    });
}

function digits() {
    return Array.from({ length: 20 }, () => randomInt(10)).join('');
}

// The pages that there are in each language; where the instance does not tell its languages, the ones without.
function pages(facts, room) {
    const languages = Array.isArray(facts?.languages) ? facts.languages.filter((code) => /^[a-z]{2}$/.test(code)) : [];
    const door = facts?.access?.meeting_hosts === 'accounts';
    return [
        { what: 'landing page', path: '/' },
        ...languages.map((code) => ({ what: `landing page, ${code}`, path: `/${code}/` })),
        { what: 'statement', path: '/privacy' },
        ...languages.map((code) => ({ what: `statement, ${code}`, path: `/privacy/${code}` })),
        ...door ? languages.map((code) => ({ what: `door, ${code}`, path: `/door?room=${digits()}&lang=${code}` })) : [],
        { what: 'page that is not there', path: '/there/is/nothing' },
        { what: 'room', path: `/${room}` }
    ];
}

// The instance as the journey needs it.
export async function instance({ domain, address, root, room }) {
    if (address !== undefined && isIP(address) === 0) {
        throw new Error(`${address} is not an address`);
    }
    const found = address === undefined ? await lookup(domain, { all: true }) : [{ address }];
    const addresses = found.map((one) => one.address);
    const authorities = root === undefined ? undefined : [...rootCertificates, readFileSync(root, 'utf8')];
    const told = await answer({ domain, address: addresses[0], authorities }, '/.well-known/vc4all.json');
    const facts = told.status === 200 ? JSON.parse(told.body) : null;
    return {
        domain,
        // Chromium has authorities of its own; only where another one is trusted too, it is told the key.
        trusted: root === undefined ? undefined : told.trusted,
        pinned: address,
        addresses,
        told: facts !== null,
        pages: pages(facts, room ?? digits())
    };
}
