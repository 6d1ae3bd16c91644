#!/usr/bin/env node
// Visits the pages of an instance as a browser does, and lists everybody whom the browser was made to ask.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instance } from './proof/instance.mjs';
import { Journey } from './proof/journey.mjs';
import { report } from './proof/report.mjs';

const HELP = `usage: proof.mjs DOMAIN [option…]

Visits landing page, privacy statement, door and a room in Chromium. Exit code 0: nobody but DOMAIN was asked; 1: somebody
was, or a page wanted to; 2: the proof could not be made.

  --address IP     where DOMAIN is, instead of asking for its name
  --root FILE      a certificate authority (PEM) that is trusted too, as in a lab
  --room NAME      the room to visit, also with #jwt=… behind it; otherwise one with a random name
  --by-hand        also open that room in a window; join a meeting there, then close the window
  --json           print JSON

CHROMIUM names the browser; otherwise /usr/bin/chromium is taken.`;

const OPTIONS = {
    address: { type: 'string' },
    root: { type: 'string' },
    room: { type: 'string' },
    'by-hand': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
};

function asked() {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const [domain, ...others] = positionals;
    if (values.help || others.length > 0 || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain ?? '')) {
        console.log(HELP);
        process.exit(values.help ? 0 : 2);
    }
    return { domain, ...values };
}

async function prove(wishes) {
    const folder = mkdtempSync(join(tmpdir(), 'proof-'));
    try {
        const site = await instance(wishes);
        const journey = await Journey.begin(site, { folder, byHand: wishes['by-hand'] });
        const seen = await journey.travel();
        return report(site, seen, wishes.json);
    } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
}

try {
    const { text, kept } = await prove(asked());
    console.log(text);
    process.exitCode = kept ? 0 : 1;
} catch (error) {
    console.error(`error: the proof could not be made: ${error.message}`);
    process.exitCode = 2;
}
