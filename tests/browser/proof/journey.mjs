// Chromium on its way through an instance's pages; everything that it is made to ask for is written down.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { flags } from '../flags.mjs';
import { datagrams, hostsOfPages } from '../network.mjs';

const MARK = 'proof of the browser:';
const PATIENCE = 15_000;

// Runs in each page before its own scripts: what a policy held back, and which servers a call would ask for its address.
function listen(mark) {
    const tell = (kind, address) => console.debug(`${mark} ${JSON.stringify({ kind, address: String(address) })}`);
    document.addEventListener('securitypolicyviolation', (event) => tell('held back by the policy', event.blockedURI));
    const Whole = globalThis.RTCPeerConnection;
    if (Whole) {
        globalThis.RTCPeerConnection = class extends Whole {
            constructor(configuration, ...rest) {
                for (const server of configuration?.iceServers ?? []) {
                    [server.urls ?? server.url].flat().forEach((address) => tell('STUN or TURN server', address));
                }
                super(configuration, ...rest);
            }
        };
    }
}

export class Journey {
    constructor(site, wishes) {
        Object.assign(this, { site, wishes, log: join(wishes.folder, 'net-log.json'), seen: [], here: 'the start' });
    }

    static async begin(site, wishes) {
        const journey = new Journey(site, wishes);
        // Whoever else is named leads nowhere: a proof of a bad page must not do what it warns of.
        const own = site.pinned === undefined ? `EXCLUDE ${site.domain}` : `MAP ${site.domain} ${bracketed(site.pinned)}`;
        const rules = site.pinned === undefined ? `MAP * ~NOTFOUND, ${own}` : `${own}, MAP * ~NOTFOUND, EXCLUDE ${bracketed(site.pinned)}`;
        journey.browser = await chromium.launch({
            executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
            headless: !wishes.byHand,
            // Chromium cannot make its sandbox as root.
            chromiumSandbox: process.getuid() !== 0,
            args: [...flags({ log: journey.log, rules, trusted: site.trusted }), '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']
        });
        await journey.listen();
        return journey;
    }

    async listen() {
        this.context = await this.browser.newContext({ locale: 'en-GB' });
        this.context.setDefaultTimeout(PATIENCE);
        this.context.on('request', (request) => this.note(request.resourceType(), request.url()));
        this.context.on('page', (page) => page.on('websocket', (socket) => this.note('websocket', socket.url())));
        this.context.on('console', (message) => {
            if (message.text().startsWith(MARK)) {
                const { kind, address } = JSON.parse(message.text().slice(MARK.length));
                this.note(kind, address);
            }
        });
        await this.context.addInitScript(listen, MARK);
        this.page = await this.context.newPage();
    }

    note(kind, address) {
        this.seen.push({ page: this.here, kind, address });
    }

    // All pages one after the other, and what was seen on the way.
    async travel() {
        const visited = [];
        for (const { what, path } of this.site.pages) {
            this.here = what;
            const answer = await this.page.goto(`https://${this.site.domain}${path}`, { waitUntil: 'load' });
            visited.push({ what, path: path.replace(/#.*/, ''), status: answer.status() });
            await this.look();
        }
        if (this.wishes.byHand) {
            console.error('Join a meeting in the window, then close it.');
            await new Promise((done) => { this.page.on('close', done); });
        }
        await this.browser.close();
        const log = readFileSync(this.log, 'utf8');
        return { visited, requests: this.seen, hosts: hostsOfPages(log, this.site.domain), datagrams: datagrams(log) };
    }

    // Hints to look a name up or to connect beforehand, which are no requests.
    async hints() {
        const addresses = await this.page.locator('link[rel~="dns-prefetch" i], link[rel~="preconnect" i]')
            .evaluateAll((links) => links.map((link) => link.href));
        addresses.forEach((address) => this.note('connected to beforehand', address));
    }

    // Presses what makes a room, and waits until the page asks for nothing more; a room may never be silent.
    async look() {
        await this.hints();
        const start = this.page.locator('#start');
        if (await start.isVisible()) {
            await start.click();
        }
        await this.page.waitForLoadState('networkidle').catch((error) => {
            if (error.name !== 'TimeoutError') {
                throw error;
            }
        });
    }
}

function bracketed(address) {
    return address.includes(':') ? `[${address}]` : address;
}
