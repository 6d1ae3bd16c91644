// A visitor with a keyboard alone, and what a screen reader hears of it.
import assert from 'node:assert/strict';

const FOCUSABLE = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex^="-"])';

// What can be worked, in the order of the page.
function workable(page) {
    return page.evaluate((selector) => {
        const all = [...document.querySelectorAll(selector)];
        return all.filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.disabled)
            .map((element) => element.outerHTML.slice(0, 160));
    }, FOCUSABLE);
}

// How the focused element looks: its outline, and whether anything lies over it.
function focused(page) {
    return page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body || element === document.documentElement) {
            return null;
        }
        const channel = (value) => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
        const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
        const light = ([red, green, blue]) => .2126 * channel(red) + .7152 * channel(green) + .0722 * channel(blue);
        const ground = (node) => {
            const colour = node ? parse(getComputedStyle(node).backgroundColor) : [255, 255, 255];
            return colour.length === 4 && colour[3] === 0 ? ground(node.parentElement) : colour;
        };
        const style = getComputedStyle(element);
        const both = [light(parse(style.outlineColor)), light(ground(element.parentElement))].sort((a, b) => b - a);
        const box = element.getClientRects()[0];
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return {
            html: element.outerHTML.slice(0, 160),
            width: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
            contrast: (both[0] + .05) / (both[1] + .05),
            covered: !top || !(element === top || element.contains(top) || top.contains(element))
        };
    });
}

// What a screen reader says of the focused element.
export async function heard(page) {
    const session = await page.context().newCDPSession(page);
    const { result } = await session.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes } = await session.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false });
    await session.detach();
    const node = nodes[0];
    const property = (name) => node.properties?.find((one) => one.name === name)?.value.value;
    return {
        role: node.role?.value,
        name: node.name?.value ?? '',
        description: node.description?.value ?? '',
        invalid: property('invalid'),
        required: property('required') === true
    };
}

// Presses Tab through the whole page: everything is reached in its order, is seen, and has a name. Returns what is heard.
export async function tabs(page) {
    const expected = await workable(page);
    const reached = [];
    const said = [];
    // Behind the last comes the browser's own frame, and then the first.
    for (let presses = 0; presses < expected.length + 3; presses += 1) {
        await page.keyboard.press('Tab');
        const now = await focused(page);
        if (!now) {
            continue;
        }
        if (now.html === reached.at(-1)) {
            // A date has a stop for each of its parts.
            presses -= 1;
            continue;
        }
        if (now.html === reached[0]) {
            break;
        }
        const words = await heard(page);
        assert.ok(now.width >= 2 && now.contrast >= 3, `the focus is not seen: ${JSON.stringify(now)}`);
        assert.ok(!now.covered, `the focus lies under something: ${now.html}`);
        assert.ok(words.name.trim(), `a screen reader has no name for ${now.html}`);
        assert.match(words.role, /^(link|button|textbox|checkbox|radio|DisclosureTriangle|combobox|region|spinbutton|DateTime)$/, now.html);
        reached.push(now.html);
        said.push(words);
    }
    assert.deepEqual([...reached].sort(), [...expected].sort(), 'Tab does not reach everything');
    const start = expected.indexOf(reached[0]);
    assert.deepEqual(reached, [...expected.slice(start), ...expected.slice(0, start)], 'the order is not that of the page');
    return said;
}

// Goes on by Tab until what has the focus is called so, and returns what is heard of it.
export async function tabTo(page, role, name) {
    for (let presses = 0; presses < 60; presses += 1) {
        if (await focused(page)) {
            const words = await heard(page);
            if (words.role === role && name.test(words.name)) {
                return words;
            }
        }
        await page.keyboard.press('Tab');
    }
    return assert.fail(`no Tab leads to a ${role} ${name}`);
}
