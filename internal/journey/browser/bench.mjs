// Measures the inbox of a running hub in one Chromium; internal/bench starts it.
//
//   node bench.mjs '{"chromium":…,"url":…,"email":…,"password":…,"rounds":…,"switches":…,"seconds":…}'
//
// Writes "typing" when the messages are to come that are typed beside, and one
// JSON line at the end. All times are milliseconds of the page's own clock.
import { chromium } from 'playwright-core';

const plan = JSON.parse(process.argv[2]);
const browser = await chromium.launch({
	executablePath: plan.chromium, chromiumSandbox: false, args: ['--disable-dev-shm-usage', '--enable-precise-memory-info'],
});
const report = { version: browser.version() };

const all = `${plan.url}/inbox/all`;
const painted = '[role=log] article';

async function person(storageState, extraHTTPHeaders) {
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', storageState, extraHTTPHeaders });
	context.setDefaultTimeout(60000);
	return context;
}

// watchPaint keeps what the page's own clock says of its first pictures.
const watchPaint = () => {
	window.bench = { first: 0, largest: 0 };
	new PerformanceObserver((l) => { for (const e of l.getEntries()) if (e.name === 'first-contentful-paint') window.bench.first = e.startTime; })
		.observe({ type: 'paint', buffered: true });
	new PerformanceObserver((l) => { for (const e of l.getEntries()) window.bench.largest = e.startTime; })
		.observe({ type: 'largest-contentful-paint', buffered: true });
};

// quiet waits until nothing was fetched for a second; the live socket stays.
async function quiet(page, fetched) {
	for (let was = -1; was !== fetched.n;) {
		was = fetched.n;
		await page.waitForTimeout(1000);
	}
}

// load opens the inbox with nothing kept from before, and counts what comes over the wire.
async function load(state, address, until, headers) {
	const context = await person(state, headers);
	await context.addInitScript(watchPaint);
	const page = await context.newPage();
	const wire = await context.newCDPSession(page);
	await wire.send('Network.enable');
	const fetched = { n: 0, code: 0, files: [], data: 0 };
	const kinds = new Map();
	wire.on('Network.responseReceived', (e) => kinds.set(e.requestId, { type: e.type, url: e.response.url }));
	wire.on('Network.loadingFinished', (e) => {
		const { type, url } = kinds.get(e.requestId) ?? {};
		fetched.n++;
		if (['Document', 'Script', 'Stylesheet', 'Font'].includes(type)) {
			fetched.code += e.encodedDataLength;
			fetched.files.push(new URL(url).pathname);
		} else fetched.data += e.encodedDataLength;
	});
	await page.goto(address, { waitUntil: 'commit' });
	await page.waitForSelector(until);
	await quiet(page, fetched);
	const seen = await page.evaluate(() => window.bench);
	await context.close();
	return { ...seen, ...fetched };
}

// press presses a key and answers how long it took until the next conversation stood on the screen.
const watchSwitch = () => {
	const named = () => document.querySelector('[role=log]')?.getAttribute('aria-label');
	window.switched = (before) => new Promise((done) => {
		const began = window.pressed;
		const look = () => {
			const label = named();
			const shown = label && label !== before && [...document.querySelectorAll('[role=log] article')].some((a) => {
				const r = a.getBoundingClientRect();
				return r.height > 0 && r.bottom > 0 && r.top < innerHeight && getComputedStyle(a).visibility !== 'hidden';
			});
			// A task queued in a frame runs once the frame is painted.
			if (shown) { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now() - began); c.port2.postMessage(0); }
			else if (performance.now() - began > 20000) done(-1);
			else requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	window.addEventListener('keydown', (e) => {
		window.pressed = e.timeStamp;
		window.ahead = window.switched(named());
	}, true);
};

async function step(page, key) {
	await page.keyboard.press(key);
	const took = await page.evaluate(() => window.ahead);
	if (took < 0) throw new Error('the next conversation did not come onto the screen');
	return took;
}

async function walk(page, key, n) {
	const out = [];
	for (let i = 0; i < n; i++) out.push(await step(page, key));
	return out;
}

async function heap(wire) {
	for (let i = 0; i < 3; i++) await wire.send('HeapProfiler.collectGarbage'); // what finalisers free goes with the next
	return (await wire.send('Runtime.getHeapUsage')).usedSize;
}

// frames keeps how long each frame took, and how long from a key to its letter.
const watchFrames = () => {
	const kept = { frames: [], keys: [] };
	let last = performance.now();
	const frame = (now) => {
		kept.frames.push(now - last);
		last = now;
		if (window.framing === kept) requestAnimationFrame(frame);
	};
	window.framing = kept;
	requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
	new PerformanceObserver((l) => { for (const e of l.getEntries()) if (e.name === 'keydown' && window.framing === kept) kept.keys.push(e.duration); })
		.observe({ type: 'event', durationThreshold: 16 });
};

// type writes into the composer for some seconds, twelve letters a second.
async function type(page, seconds) {
	await page.locator('section textarea:visible').first().focus();
	await page.evaluate(watchFrames);
	let pressed = 0;
	for (const end = Date.now() + seconds * 1000; Date.now() < end; pressed++) {
		await page.keyboard.type('thank you for waiting '[pressed % 22]);
		await page.waitForTimeout(80);
	}
	return page.evaluate((n) => {
		const { frames, keys } = window.framing;
		window.framing = null;
		return { frames, keys, pressed: n };
	}, pressed);
}

// told waits for a word of who started this.
const told = () => new Promise((go) => process.stdin.once('data', go));

const first = await person();
const page = await first.newPage();
const api = (path, init) => page.evaluate(async ([p, i]) => {
	const r = await fetch(`/api/v1/${p}`, i && { ...i, headers: { 'Content-Type': 'application/json' } });
	if (!r.ok) throw new Error(`${p}: ${r.status} ${await r.text()}`);
	return r.status === 204 ? null : r.json();
}, [path, init]);

await page.goto(`${plan.url}/signin`);
await page.fill('input[autocomplete=username]', plan.email);
await page.fill('input[type=password]', plan.password);
await page.keyboard.press('Enter');
await page.waitForURL('**/inbox/**');
const state = await first.storageState();

report.loads = [];
report.bare = [];
await first.route('**/bare', (r) => r.fulfill({ contentType: 'text/html', body: '<!doctype html><p>bench' }));
for (let i = 0; i < plan.rounds; i++) {
	report.loads.push(await load(state, all, painted));
	const context = await person(state);
	await context.addInitScript(watchPaint);
	await context.route('**/bare', (r) => r.fulfill({ contentType: 'text/html', body: '<!doctype html><p>bench' }));
	const bare = await context.newPage();
	await bare.goto(`${plan.url}/bare`);
	await bare.waitForFunction(() => window.bench.first > 0);
	report.bare.push(await bare.evaluate(() => window.bench.first));
	await context.close();
}

report.gzipped = (await load(state, all, painted, { 'Accept-Encoding': 'gzip' })).code;

await page.goto(all);
await page.waitForSelector(painted);
await page.evaluate(watchSwitch);
await walk(page, 'j', 5);
report.fresh = await walk(page, 'j', plan.warm);
report.warm = await walk(page, 'k', plan.warm);

const wire = await first.newCDPSession(page);
report.heapBefore = await heap(wire);
const half = Math.min(250, plan.switches / 4);
for (let done = 0; done < plan.switches; done += 2 * half) {
	await walk(page, 'j', half);
	await walk(page, 'k', half);
}
report.different = half;
report.heapAfter = await heap(wire);

// One conversation of those who will write is the agent's.
process.stdout.write('typing\n');
await told();
let mine;
for (const end = Date.now() + 30000; !mine;) {
	mine = (await api(`conversations?status=queue&account=${plan.account}&limit=1`)).items[0];
	if (!mine && Date.now() > end) throw new Error('no customer wrote');
	await page.waitForTimeout(200);
}
await api(`conversations/${mine.id}/take`, { method: 'POST', body: '{}' });
await page.goto(`${all}/${mine.id}`);
await page.waitForSelector(painted);
await page.waitForTimeout(1000);
report.busy = await type(page, plan.seconds);
process.stdout.write('typed\n');
await told();
await page.reload();
await page.waitForSelector(painted);
await page.waitForTimeout(1000);
report.calm = await type(page, plan.seconds);
await browser.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
