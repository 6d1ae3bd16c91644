// Chromium's own log of the network: which hosts pages made it ask for.

// Chromium writes the log until it ends; a killed one leaves the list of events open.
function whole(log) {
    try {
        return JSON.parse(log);
    } catch {
        return JSON.parse(`${log.replace(/,\s*$/, '')}]}`);
    }
}

function events(log) {
    return whole(log).events;
}

// Each page has its site as the partition of what it asks for, and is the initiator of where it leads. What neither is
// true of, such as looking for updates, the browser does of its own accord.
function isAPages({ params = {} }, host) {
    const partition = params.network_anonymization_key ?? params.network_isolation_key ?? 'null';
    const site = /^https?:\/\/([^ /:]+)/.exec(partition)?.[1];
    const ours = site !== undefined && (host === site || host.endsWith(`.${site}`));
    return ours || (params.initiator ?? 'not an origin') !== 'not an origin';
}

// The hosts of requests, and of names that were looked up or connected to beforehand, by pages of this host.
export function hostsOfPages(log, own) {
    const found = new Set();
    for (const event of events(log).filter((event) => isAPages(event, own))) {
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

// Where datagrams were sent; the log does not say for which page.
export function datagrams(log) {
    const sent = whole(log).constants.logEventTypes.UDP_BYTES_SENT;
    const addresses = events(log).filter(({ type }) => type === sent).map(({ params = {} }) => params.address);
    return [...new Set(addresses.filter((address) => address !== undefined))].sort();
}
