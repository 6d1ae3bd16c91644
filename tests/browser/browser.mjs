// Chromium over the stage: no way out of this machine, and everything that it wanted to do is written down.
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { flags } from './flags.mjs';
import { hostsOfPages } from './network.mjs';

export const host = process.env.SITE;
export const origin = `https://${host}`;
export const shots = process.env.SCREENSHOTS;

function trusted() {
    const certificate = new X509Certificate(readFileSync(process.env.CERTIFICATE));
    const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('base64');
}

// A browser with a folder of its own for all that it writes.
export async function launch() {
    const folder = mkdtempSync(join(tmpdir(), 'browser-'));
    const log = join(folder, 'net-log.json');
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM,
        // Chromium cannot make its sandbox as root; all that it loads is ours.
        chromiumSandbox: false,
        args: flags({ log, rules: `MAP ${host} 127.0.0.1`, trusted: trusted() })
    });
    return new Browser(browser, folder, log);
}

const PICTURES = 3;

// A picture of the whole page for a person to look at. Where the process that draws was restarted meanwhile, there is
// none and Chromium says so: it is asked again, since nothing is wrong with the page.
export async function picture(page, path) {
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        } catch (error) {
            if (attempt === PICTURES || !error.message.includes('Unable to capture screenshot')) {
                throw error;
            }
            // The new process takes its time to start, most of all on a busy machine.
            await pause(500 * attempt);
        }
    }
}

class Browser {
    constructor(browser, folder, log) {
        Object.assign(this, { browser, folder, log });
    }

    // A visitor with a profile of their own.
    async visitor(wishes = {}) {
        const { language = 'nl', width = 1280, height = 800, scheme = 'light', script = true } = wishes;
        const context = await this.browser.newContext({
            locale: language,
            viewport: { width, height },
            colorScheme: scheme,
            javaScriptEnabled: script,
            reducedMotion: 'reduce'
        });
        // A busy machine may take long; nobody waits for what is there.
        context.setDefaultTimeout(60_000);
        const visitor = new Visitor(context, await context.newPage(), language);
        await visitor.listen(script);
        return visitor;
    }

    // Ends it and returns the hosts that pages made it ask for.
    async close() {
        await this.browser.close();
        const hosts = hostsOfPages(readFileSync(this.log, 'utf8'), host);
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
        return hosts;
    }
}

// Each browser knows another part of the features that a policy may name.
const HARMLESS = /^Error with Permissions-Policy header: Unrecognized feature/;

class Visitor {
    constructor(context, page, language) {
        Object.assign(this, { context, page, language, requests: [], complaints: [], forgiven: [] });
    }

    async listen(script) {
        this.context.on('request', (request) => this.requests.push(request));
        this.context.on('console', (message) => {
            if (['error', 'warning'].includes(message.type()) && !HARMLESS.test(message.text())) {
                this.complaints.push(`${message.location().url}: ${message.text()}`);
            }
        });
        this.context.on('weberror', (error) => this.complaints.push(String(error.error())));
        this.context.on('requestfailed', (request) => this.complaints.push(`${request.url()}: ${request.failure().errorText}`));
        if (script) {
            await this.context.addInitScript(() => {
                document.addEventListener('securitypolicyviolation', (event) => {
                    console.error(`policy ${event.effectiveDirective} forbids ${event.blockedURI}`);
                });
            });
        }
    }

    // Goes to a path and expects that status; Chromium's own word about a failed page is then no complaint.
    async go(path, status = 200) {
        const answer = await this.page.goto(new URL(path, origin).href);
        if (answer.status() !== status) {
            throw new Error(`${path} answers ${answer.status()} instead of ${status}`);
        }
        if (status >= 400) {
            this.forgive(answer.url(), status);
        }
        return answer;
    }

    // Also a word that comes later than the page is forgiven.
    forgive(address, status) {
        this.forgiven.push(`${address}: Failed to load resource: the server responded with a status of ${status} `);
    }

    // What the browser complained of.
    faults() {
        return this.complaints.filter((complaint) => !this.forgiven.some((known) => complaint.startsWith(known)));
    }

    shot(name) {
        return picture(this.page, join(shots, `${name}.png`));
    }

    close() {
        return this.context.close();
    }
}
