// Each press of a button leads to a room that nobody thought of before. The link itself leads to the start page, so that
// it also works without this script, and whoever copies it copies no room.
for (const link of document.querySelectorAll("a[data-site]")) {
    const start = link.href;
    for (const kind of ["click", "auxclick"]) {
        link.addEventListener(kind, () => {
            link.href = link.dataset.site + randomDigits(Number(link.dataset.digits), chance);
            // The browser has read the address when the press has been dealt with.
            setTimeout(() => { link.href = start; });
        });
    }
}
