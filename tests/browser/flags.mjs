// How Chromium is started, so that it does next to nothing of its own accord and writes down what it does on the network.
const WITHOUT = [
    'AutofillServerCommunication',
    'DialMediaRouteProvider',
    'HttpsUpgrades',
    'MediaRouter',
    'NetworkTimeServiceQuerying',
    'OptimizationHints',
    'PaintHolding',
    'Translate'
];

// `log` is the file for its own log of the network; `rules` say where names lead; `trusted` is the digest of a public key.
export function flags({ log, rules, trusted }) {
    return [
        ...trusted ? [`--ignore-certificate-errors-spki-list=${trusted}`] : [],
        `--host-resolver-rules=${rules}`,
        `--log-net-log=${log}`,
        `--disable-features=${WITHOUT.join(',')}`,
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-domain-reliability',
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run'
    ];
}
