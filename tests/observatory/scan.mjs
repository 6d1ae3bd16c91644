// Mozilla Observatory's own scanner over one host: scan.mjs DOMAIN PATH…; `ok` or `FAIL` with the grade of each path.
import { existsSync, writeFileSync } from 'node:fs';

const scanner = new URL('node_modules/@mdn/mdn-http-observatory/', import.meta.url);

// The list of names that browsers carry with them is fetched by the scanner's own installation, which runs nothing here.
// No name of a lab is on it.
const preloaded = new URL('conf/hsts-preload.json', scanner);
if (!existsSync(preloaded)) {
    writeFileSync(preloaded, '{}');
}

const from = (path) => import(new URL(`src/${path}`, scanner));
const { ALL_TESTS } = await from('constants.js');
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await from('grader/charts.js');
const { getGradeForScore, getScoreModifier } = await from('grader/grader.js');
const { retrieve } = await from('retriever/retriever.js');

// As the scanner's `scan`, which knows no other path than `/`.
async function graded(domain, path) {
    const requests = await retrieve(domain, { path });
    const answer = requests.responses.auto;
    if (answer?.status !== 200) {
        throw new Error(`it answers ${answer?.status}`);
    }
    const results = ALL_TESTS.map((test) => test(requests)).map((test) => ({
        name: test.constructor.name, result: test.result, points: getScoreModifier(test.result), pass: test.pass
    }));
    const sum = (tests) => tests.reduce((score, test) => score + test.points, 100);
    const without = sum(results.filter((test) => test.points < 0));
    const score = without >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(results) : without;
    return { ...getGradeForScore(score), failed: results.filter((test) => !test.pass || test.points < 0), results };
}

const [domain, ...paths] = process.argv.slice(2);
for (const path of paths) {
    const what = `Mozilla Observatory's scanner gives ${path}`;
    try {
        const { grade, score, failed, results } = await graded(domain, path);
        if (process.env.OBSERVATORY_TELL) {
            console.error(JSON.stringify(results, null, 1));
        }
        const faults = failed.map(({ name, result, points }) => `${name} ${result} (${points})`).join(', ');
        console.log(grade === 'A+' ? `ok ${what} an A+ (${score} points)` : `FAIL ${what}: ${grade} (${score} points): ${faults}`);
    } catch (error) {
        console.log(`FAIL ${what}: ${error.message}`);
    }
}
