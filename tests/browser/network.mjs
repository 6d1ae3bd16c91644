// Chromium's own log of the network: which hosts pages made it ask for.

// Chromium writes the log until it ends; a killed one leaves the list of events open.
function events(log) {
    try {
        return JSON.parse(log).events;
    } catch {
        return JSON.parse(`${log.replace(/,\s*$/, '')}]}`).events;
    }
}

// What no page made it do carries no partition: looking for updates of its own is such a thing, and this network
// leads nowhere anyway.
function isAPages({ params = {} }) {
    const partition = params.network_anonymization_key ?? params.network_isolation_key ?? 'null';
    return !partition.startsWith('null') || (params.initiator ?? 'not an origin') !== 'not an origin';
}

// The hosts of requests, and of names that were looked up or connected to beforehand.
export function hostsOfPages(log) {
    const found = new Set();
    for (const event of events(log).filter(isAPages)) {
        const { url, host } = event.params;
        if (url) {
            found.add(new URL(url).hostname);
        }
        // The address that stands for a name here is looked up like one.
        if (host && !/^(https?:\/\/)?127\.0\.0\.1(:|$)/.test(host)) {
            found.add(new URL(/^[a-z]+:\/\//.test(host) ? host : `https://${host}`).hostname);
        }
    }
    return [...found].sort();
}
