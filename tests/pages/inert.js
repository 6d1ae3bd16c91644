// Executes each case's scripts: no error, the value arrives unchanged, nothing else appears, and no script tag can be closed.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");
const assert = require("node:assert");

const cases = fs.readFileSync(process.argv[2], "utf8").split("\n").map((line) => JSON.parse(line));
let shape;
for (const one of cases) {
    const context = vm.createContext({});
    vm.runInContext(one.config, context);
    vm.runInContext(one.interface, context);
    const { config, interfaceConfig } = context;
    assert.strictEqual(interfaceConfig.APP_NAME, one.name);
    assert.strictEqual(interfaceConfig.PROVIDER_NAME, one.name);
    assert.strictEqual(JSON.parse(one.manifest).name, one.name);
    const seen = JSON.stringify([Object.keys(context), Object.keys(config), Object.keys(interfaceConfig), config]);
    shape = shape || seen;
    assert.strictEqual(seen, shape);
    for (const text of [one.config, one.interface]) {
        assert(!/<\/?script|<!--/i.test(text), text);
    }
    assert.strictEqual(one.nginx, cases[0].nginx);
}
console.log(cases.length + " cases");
