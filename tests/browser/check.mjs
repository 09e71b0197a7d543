// Writes the report of a result folder and opens it in Chromium, as a reader would.
//
// usage: node check.mjs ONUS OUT [OUT ...]     exit code 0: everything holds, 1: something does not
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [onus, ...outs] = process.argv.slice(2);
if (!onus || outs.length === 0) {
  console.error('usage: node check.mjs ONUS OUT [OUT ...]');
  process.exit(2);
}
const MOST = 5_000_000;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'onus-browser-'));
let failures = 0;

function holds(claim, what) {
  if (!claim) failures += 1;
  console.log(`${claim ? 'ok   ' : 'WRONG'}  ${what}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

// A page that notes every request, message and error.
async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
  const page = await context.newPage();
  const noted = { requests: [], messages: [], dialogs: 0 };
  page.on('request', r => noted.requests.push(r.url()));
  page.on('console', m => noted.messages.push(`${m.type()}: ${m.text()}`));
  page.on('pageerror', e => noted.messages.push(`error: ${e.message}`));
  page.on('dialog', d => { noted.dialogs += 1; d.dismiss(); });
  const address = 'file://' + file + (options.hash || '');
  await page.goto(address);
  return { context, page, noted };
}

async function violations(page) {
  // Over the debugger, which the policy of the page does not bind.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result = await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
    return result.violations.map(v => ({ id: v.id, impact: v.impact, n: v.nodes.length, first: v.nodes[0].html.slice(0, 160), why: v.nodes[0].failureSummary }));
  });
}

async function accessible(page, where) {
  const found = await violations(page);
  const grave = found.filter(v => v.impact === 'serious' || v.impact === 'critical');
  for (const v of found) console.log(`       ${v.impact} ${v.id} (${v.n}): ${v.first} | ${v.why.replace(/\s+/g, ' ').slice(0, 200)}`);
  holds(grave.length === 0, `${where}: no serious or critical violation of WCAG 2.2 AA found by axe-core`);
}

async function registerWorks(page) {
  const count = () => page.$$eval('#register-table tbody tr:not([hidden])', r => r.length);
  const all = await page.$$eval('#register-table tbody tr', r => r.length);
  holds((await count()) === Math.min(all, 100), `the register shows its first rows (${await count()} of ${all})`);
  const column = n => page.$$eval(`#register-table tbody tr:not([hidden])`, (rows, n) => rows.map(r => r.cells[n].firstChild.nodeValue || r.cells[n].textContent), n);
  // By keyboard: the header of the probability.
  await page.focus('#register-table thead th:nth-child(7) button');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  const sort = await page.getAttribute('#register-table thead th:nth-child(7)', 'aria-sort');
  const values = (await column(6)).map(t => parseFloat(t.replace(/[^0-9.]/g, '')) + (t.startsWith('>') ? 0.05 : t.startsWith('<') ? -0.05 : 0));
  holds(sort === 'descending' && values.every((v, i) => i === 0 || values[i - 1] >= v), 'the register sorts by probability with the keyboard alone');
  const state = await page.$$eval('#f-state option', o => o.map(x => x.value).filter(Boolean).pop());
  await page.selectOption('#f-state', state);
  const fits = await page.$$eval('#register-table tbody tr', (rows, s) => rows.filter(r => r.dataset.f.startsWith(s + '|')).length, state);
  holds((await count()) === Math.min(fits, 100), `a filter leaves the ${fits} places of its kind`);
  holds((await page.textContent('#found')).length > 0, 'how many fit is told to those who do not see it');
  await page.click('#tools button[type=reset]');
  await page.waitForTimeout(50);
  const name = await page.$eval('#register-table tbody tr:last-child bdi', b => b.textContent);
  await page.fill('#q', name);
  const named = await page.$$eval('#register-table tbody tr:not([hidden]) bdi', b => b.map(x => x.textContent));
  holds(named.includes(name), 'the search finds a place by its name');
  await page.click('#tools button[type=reset]');
  await page.waitForTimeout(50);
  holds((await count()) === Math.min(all, 100), 'clearing the filters brings all back');
}

async function pagesWork(page) {
  const links = await page.$$eval('a[href^="#"]', a => [...new Set(a.map(x => x.getAttribute('href').slice(1)))]);
  const dangling = await page.evaluate(ids => ids.filter(id => !document.getElementById(id)), links);
  holds(dangling.length === 0, `all ${links.length} links within the page lead somewhere ${dangling.slice(0, 3)}`);
  const first = '#register-table tbody tr:not([hidden]) a';
  await page.focus(first);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(100);
  const shown = await page.$$eval('article.node', a => a.filter(x => x.offsetParent !== null).length);
  const focus = await page.evaluate(() => document.activeElement.tagName + ' ' + document.activeElement.textContent);
  holds(shown === 1 && focus.startsWith('H3'), `Enter on a place opens its page alone and takes the focus there (${focus})`);
  const short = await page.$$eval('#register-table tbody tr[id]', r => r.map(x => x.id).slice(0, 1));
  if (short.length) {
    await page.evaluate(id => { location.hash = id; }, short[0]);
    await page.waitForTimeout(100);
    const cells = await page.$$eval('#short-node table td', t => t.length);
    holds(cells === 18 && (await page.$$eval('article.node', a => a.filter(x => x.offsetParent !== null).length)) === 1, 'a place told in short has its page, too');
  }
}

async function keyboardAlone(page) {
  await page.evaluate(() => { location.hash = ''; document.activeElement.blur(); window.scrollTo(0, 0); });
  await page.reload();
  const seen = [];
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press('Tab');
    seen.push(await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      return { tag: e.tagName, text: (e.textContent || '').slice(0, 30), visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 };
    }));
  }
  holds(seen[0].tag === 'A' && (await page.$eval('.skip', s => s.getAttribute('href'))) === '#main', 'the first stop skips to the figures');
  const blind = seen.filter(s => s.tag !== 'BODY' && !s.visible);
  holds(blind.length === 0, `the focus is seen at each of 60 stops ${JSON.stringify(blind.slice(0, 2))}`);
}

async function prints(page) {
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 688, height: 1000 }); // A4 less its margins
  const cut = await page.evaluate(() => {
    const wrong = [];
    for (const row of document.querySelectorAll('main tr')) {
      if (row.offsetParent === null) continue;
      if (getComputedStyle(row).breakInside !== 'avoid') wrong.push('a row may be cut');
      if (row.offsetHeight > 900) wrong.push(`a row of ${row.offsetHeight} px`);
    }
    for (const frame of document.querySelectorAll('.frame')) {
      if (frame.offsetParent === null) continue;
      if (getComputedStyle(frame).overflowX !== 'visible') wrong.push('a frame hides what does not fit');
      if (frame.scrollWidth > frame.clientWidth + 1) wrong.push(`a table of ${frame.scrollWidth} px on ${frame.clientWidth}: ${frame.getAttribute('aria-label')}`);
    }
    for (const head of document.querySelectorAll('main thead')) if (getComputedStyle(head).display !== 'table-header-group') wrong.push('a header row is not repeated');
    return [...new Set(wrong)];
  });
  holds(cut.length === 0, `print: no row or column is cut, header rows are repeated ${cut.slice(0, 4).join('; ')}`);
  const pdf = await page.pdf({ format: 'A4' });
  const sheets = (pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g) || []).length;
  holds(sheets >= 3 && sheets < 400, `print: a PDF of ${sheets} pages`);
  await page.emulateMedia({ media: 'screen' });
}

async function withoutScript(file) {
  const { context, page } = await open(file, { javaScriptEnabled: false });
  const rows = await page.$$eval('#register-table tbody tr', r => r.filter(x => x.getBoundingClientRect().height > 0).length);
  const pages = await page.$$eval('article.node', a => a.filter(x => x.getBoundingClientRect().height > 0).length);
  const tools = await page.$eval('#tools', t => t.getBoundingClientRect().height);
  holds(rows > 0 && tools === 0, `without script: the register is a plain table of ${rows} rows, and no tool stands there that does nothing`);
  holds(pages > 0, `without script: ${pages} places are told in full`);
  await context.close();
}

function write(out, name, ...options) {
  const file = path.join(room, name);
  console.log(execFileSync(onus, ['report', out, '-o', file, ...options], { encoding: 'utf8' }).trim());
  return file;
}

async function check(out, name) {
  console.log(`\n== ${name}`);
  const file = write(out, `${name}.html`);
  const text = fs.readFileSync(file, 'utf8');
  holds(Buffer.byteLength(text) < MOST, `${Buffer.byteLength(text)} bytes are below ${MOST}`);
  holds(fs.readFileSync(write(out, `${name}-again.html`), 'utf8') === text, 'the same result gives the same bytes');
  holds(/http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;/.test(text), "the policy begins with default-src 'none'");
  holds(!/\s(on[a-z]+|style)="/.test(text.replace(/<script[\s\S]*?<\/script>/g, '')), 'no inline handler and no inline style');
  const { context, page, noted } = await open(file);
  const own = noted.requests.filter(u => !u.startsWith('file://' + file));
  holds(noted.requests.length === 1 && own.length === 0, `no request but the file itself ${own.slice(0, 2)}`);
  holds(await page.evaluate(() => document.querySelectorAll('main').length === 1 && document.querySelectorAll('h1').length === 1 && document.querySelectorAll('nav').length === 1), 'one main part, one title, one table of contents');
  const levels = await page.$$eval('h1,h2,h3,h4', h => h.filter(x => x.offsetParent !== null).map(x => Number(x.tagName[1])));
  holds(levels.every((l, i) => i === 0 || l <= levels[i - 1] + 1), 'no level of headings is left out');
  await registerWorks(page);
  await pagesWork(page);
  await accessible(page, '1400 px, a place open');
  await keyboardAlone(page);
  await page.setViewportSize({ width: 390, height: 844 });
  holds(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), '390 px: the page does not scroll sideways');
  await accessible(page, '390 px');
  holds(await page.evaluate(() => document.getAnimations().length === 0), 'nothing moves by itself');
  await prints(page);
  holds(noted.messages.length === 0, `no message on the console ${noted.messages.slice(0, 2)}`);
  await context.close();
  await withoutScript(file);
  for (const language of ['de', 'fr']) {
    const other = write(out, `${name}-${language}.html`, '--lang', language);
    const { context, page, noted } = await open(other);
    const told = await page.evaluate(() => [document.documentElement.lang, document.getElementById('found').textContent]);
    holds(told[0] === language && /^[^{}]+$/.test(told[1]) && noted.messages.length === 0, `${language}: ${told[1]}`);
    await page.setViewportSize({ width: 390, height: 844 });
    holds(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${language}, 390 px: the page does not scroll sideways`);
    await context.close();
  }
}

// Names that try to become markup, script or another direction.
async function hostile() {
  console.log('\n== hostile names');
  const names = [
    '<script>window.hacked=1</script>', '</script><script>window.hacked=1</script>', '"onmouseover="window.hacked=1', "'><img src=x onerror=window.hacked=1>",
    '\u202Egnp.exe', '</title><svg onload=window.hacked=1>', '{n} ${7*7} {{x}}', 'javascript:window.hacked=1', '\u0645\u0635\u0646\u0639 \u0627\u0644\u0646\u0633\u064a\u062c', '<!--', ']]>', '=cmd|x',
  ];
  const data = path.join(room, 'hostile');
  fs.mkdirSync(data);
  const cell = t => `"${t.replace(/"/g, '""')}"`;
  const nodes = names.map((n, i) => [cell(`id-${i}${n}`), cell(n), 'factory', 'BGD'].join(','));
  fs.writeFileSync(path.join(data, 'nodes.csv'), ['node_id,name,kind,country', `B,${cell(names[1])},brand,DEU`, ...nodes].join('\n') + '\n');
  fs.writeFileSync(path.join(data, 'links.csv'), ['supplier_id,buyer_id,value,currency', ...names.map((n, i) => `${cell(`id-${i}${n}`)},B,10,EUR`)].join('\n') + '\n');
  fs.writeFileSync(path.join(data, 'onus.toml'), `[dataset]\nname = "</title><script>window.hacked=1</script>"\nas_of = "2026-01-01"\n`);
  execFileSync(onus, ['assess', data, '-o', path.join(room, 'hostile-out'), '--quiet'], { encoding: 'utf8' });
  const file = write(path.join(room, 'hostile-out'), 'hostile.html');
  const { context, page, noted } = await open(file);
  for (const link of await page.$$('#register-table tbody a')) await link.hover().catch(() => {});
  await pagesWork(page);
  const told = await page.$$eval('#register-table bdi', b => b.map(x => x.textContent));
  holds((await page.evaluate(() => window.hacked)) === undefined && noted.dialogs === 0 && noted.messages.length === 0, `nothing of a name runs ${noted.messages.slice(0, 1)}`);
  holds(names.filter(n => !n.includes('\u202E')).every(n => told.includes(n)), 'names are shown as they are');
  holds(!(await page.content()).includes('\u202E'), 'no mark of direction is left');
  await context.close();
}

try {
  for (const out of outs) await check(path.resolve(out), path.basename(path.resolve(out)));
  await hostile();
} finally {
  await browser.close();
  fs.rmSync(room, { recursive: true, force: true });
}
console.log(failures === 0 ? '\nall held' : `\n${failures} do not hold`);
process.exit(failures === 0 ? 0 : 1);
