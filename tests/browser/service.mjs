// The door's service, started as systemd would, and what its accounts know.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SOCKET = '/run/vc4all/door.sock';
const folder = process.env.DOOR;

// Each with an account, a passphrase, the key of an app and recovery codes.
export const accounts = folder ? JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8')) : [];

// The six digits that an app shows now (RFC 6238 with the usual 30 seconds, RFC 4226 §5.3).
export function codeOf(key) {
    const bits = [...key].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const mac = createHmac('sha1', secret).update(counter).digest();
    const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, '0');
}

function listens() {
    return new Promise((resolve) => {
        const socket = connect(SOCKET, () => {
            socket.destroy();
            resolve(true);
        });
        socket.on('error', () => resolve(false));
    });
}

// Starts it; a socket of systemd's is handed over, as the unit has it. Returns what ends it.
export async function open() {
    mkdirSync('/run/vc4all', { recursive: true });
    const options = ['--config', join(folder, 'door.json'), '--accounts', join(folder, 'accounts'), '--credentials', folder];
    const service = spawn('systemd-socket-activate', ['-l', SOCKET, process.env.AGENT, 'door', ...options], {
        stdio: ['ignore', 'ignore', 'inherit']
    });
    for (const until = Date.now() + 10_000; !(await listens()); await pause(20)) {
        if (service.exitCode !== null || Date.now() > until) {
            throw new Error('the door does not open');
        }
    }
    // nginx' workers are another user; on a host the unit of the socket says who.
    chmodSync(SOCKET, 0o666);
    return () => service.kill('SIGTERM');
}
