// SPDX-License-Identifier: GPL-3.0-or-later
// What people see of the pages of page_sample, as TAP: see run.
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join} from "node:path";
import {pathToFileURL} from "node:url";

const [browserPath, folder] = process.argv.slice(2);
const {chromium} = createRequire(join(folder, "npm/package.json"))("playwright-core");
const PHONE = {width: 375, height: 812}, DESKTOP = {width: 1280, height: 900};

const results = [];

// A build without uPlot has pictures only.
const uplot = readFileSync(join(folder, "pages/sample.html"), "utf8").includes("uPlot");

// One page in one way; what it complains about is collected.
async function open(browser, page, options, act) {
	const context = await browser.newContext(options), tab = await context.newPage(), bad = [];

	tab.on("console", m => bad.push(`console: ${m.text()}`));
	tab.on("pageerror", e => bad.push(`error: ${e.message}`));
	tab.on("dialog", d => { bad.push("a dialog"); d.dismiss(); });
	tab.on("request", r => {
		if (r.url() !== pathToFileURL(join(folder, "pages", `${page}.html`)).href)
			bad.push(`request: ${r.url()}`);
	});
	await tab.goto(pathToFileURL(join(folder, "pages", `${page}.html`)).href);
	bad.push(...await act(tab));
	await context.close();
	return bad;
}

async function check(name, act) {
	let bad;

	try {
		bad = await act();
	} catch (e) {
		bad = [String(e.stack)];
	}
	results.push(bad.length);
	console.log(`${bad.length ? "not ok" : "ok"} ${results.length} - ${name}`);
	for (const line of bad.slice(0, 20))
		console.log(`# ${line.replaceAll("\n", "\n# ")}`);
}

// In the page: what is wider than the window, empty, too small, or hard to read.
function look({least, scripts}) {
	const bad = [], width = document.documentElement.clientWidth;
	const shown = e => e.checkVisibility() && e.getBoundingClientRect().width > 1;
	const words = e => e.tagName.toLowerCase() + " " + JSON.stringify(e.textContent.trim().slice(0, 40));

	function colour(text) {
		const [r, g, b, a] = text.match(/[\d.]+/g).map(Number);

		return [r, g, b, a === undefined ? 1 : a];
	}
	function ground(e) {
		for (; e; e = e.parentElement) {
			const c = colour(getComputedStyle(e).backgroundColor);

			if (c[3] === 1)
				return c;
		}
		return [255, 255, 255, 1]; // paper
	}
	function light(c) {
		const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	}
	function contrast(a, b) {
		const [x, y] = [light(a), light(b)].sort((p, q) => q - p);

		return (x + 0.05) / (y + 0.05);
	}

	if (document.documentElement.scrollWidth > width)
		bad.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${width}`);
	for (const e of document.querySelectorAll("body *")) {
		const box = e.getBoundingClientRect(), style = getComputedStyle(e);
		const text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());

		if (!shown(e) || e.closest("caption,.skip,script"))
			continue;
		if (box.right > width + 1 && !e.closest(".scroll") && !e.closest(".uplot"))
			bad.push(`${words(e)} ends at ${Math.round(box.right)}`);
		if (!text)
			continue;
		const svg = e.closest("svg");
		const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;

		if (parseFloat(style.fontSize) * scale < least - 0.01)
			bad.push(`${words(e)} has ${(parseFloat(style.fontSize) * scale).toFixed(1)} px`);
		const front = svg && style.fill !== "none" ? style.fill : style.color;

		if (contrast(colour(front), ground(e)) < 4.5)
			bad.push(`${words(e)} has contrast ${contrast(colour(front), ground(e)).toFixed(1)}`);
	}
	for (const f of document.querySelectorAll("figure")) {
		const picture = [...f.querySelectorAll("svg,canvas")].find(shown);

		if (f.querySelector("svg") && (!picture || picture.getBoundingClientRect().height < 40))
			bad.push(`figure ${f.id} shows nothing`);
		if (f.matches(".plot") && (picture.tagName === "CANVAS") !== scripts)
			bad.push(`figure ${f.id}: ${picture.tagName}`);
	}
	for (const e of document.querySelectorAll("h1,.lead,.evidence .quote"))
		if (!shown(e))
			bad.push(`${words(e)} is not shown`);
	return bad;
}

async function links(tab) {
	const bad = [];

	for (const id of await tab.$$eval("a.cite", all => all.filter(a => a.checkVisibility()).map(a => a.id))) {
		await tab.click(`#${id}`);
		const seen = await tab.evaluate(() => {
			const e = document.querySelector(":target"), box = e.getBoundingClientRect();

			return e.matches(".evidence") && box.top >= -1 && box.top < innerHeight;
		});
		if (!seen)
			bad.push(`${id} does not lead to its evidence`);
		await tab.click(":target .back a");
		if (!await tab.evaluate(() => {
			const box = document.querySelector(":target").getBoundingClientRect();

			return box.top >= -1 && box.bottom <= innerHeight + 1;
		}))
			bad.push(`there is no way back to ${id}`);
	}
	return bad;
}

// Drag sideways in the first chart; then a double click; then the buttons.
async function zoom(tab) {
	const scale = () => tab.evaluate(() => {
		const {min, max} = document.querySelector("figure.plot").chart.scales.x;

		return [min, max];
	});
	const over = tab.locator("figure.plot .u-over").first(), bad = [], all = await scale();

	await over.scrollIntoViewIfNeeded();
	const box = await over.boundingBox();
	await tab.mouse.move(box.x + box.width * 0.25, box.y + 50);
	await tab.mouse.down();
	await tab.mouse.move(box.x + box.width * 0.5, box.y + 60, {steps: 5});
	await tab.mouse.up();
	const part = await scale();
	if (!(part[0] > all[0] && part[1] < all[1]))
		bad.push(`dragging: ${all} to ${part}`);
	await tab.mouse.dblclick(box.x + box.width / 2, box.y + 50);
	if (String(await scale()) !== String(all))
		bad.push(`double click: ${await scale()}`);
	const tools = tab.locator("figure.plot .tools").first();
	await tools.getByText("Zoom in").click();
	const half = await scale();
	if (!((half[1] - half[0]) < (all[1] - all[0]) * 0.6))
		bad.push(`zoom in: ${half}`);
	await tools.getByText("Logarithmic").click();
	if (String(await scale()) !== String(half))
		bad.push(`the logarithmic scale changed the part shown: ${await scale()}`);
	if (await tab.evaluate(() => document.querySelector("figure.plot").chart.scales.y.distr) !== 3)
		bad.push("the scale is not logarithmic");
	await tools.getByText("Show all").click();
	if (String(await scale()) !== String(all))
		bad.push(`show all: ${await scale()}`);
	return bad;
}

async function print(tab) {
	await tab.emulateMedia({media: "print"});
	return [...await tab.evaluate(look, {least: 8, scripts: false}), ...await tab.evaluate(() =>
		[...document.querySelectorAll(".scroll,pre,.quote")].filter(e => e.scrollWidth > e.clientWidth + 1)
			.map(e => `cut on paper: ${e.textContent.trim().slice(0, 40)}`))];
}

// A browser that is launched has a new, empty folder for its user's data.
const browser = await chromium.launch({
	executablePath: browserPath,
	args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	       "--disable-background-networking", "--disable-component-update", "--disable-sync"]
});

const ways = [];
for (const page of ["sample", "hostile"])
	for (const [size, viewport] of [["phone", PHONE], ["desktop", DESKTOP]])
		for (const colorScheme of ["light", "dark"])
			for (const javaScriptEnabled of [true, false])
				ways.push([page, size, {viewport, colorScheme, javaScriptEnabled}]);
console.log(`1..${ways.length + 5}`);
for (const [page, size, options] of ways)
	await check(`${page}: ${size}, ${options.colorScheme}, ${options.javaScriptEnabled ? "" : "no "}scripts`,
		() => open(browser, page, options, tab => tab.evaluate(look, {
			least: 14,
			scripts: options.javaScriptEnabled && uplot
		})));
await check("citations lead to their evidence and back", () => open(browser, "sample", {viewport: PHONE}, links));
await check("charts can be zoomed", () => uplot ? open(browser, "sample", {viewport: DESKTOP}, zoom) : []);
await check("on paper", () => open(browser, "sample", {viewport: DESKTOP}, print));
await check("on paper, hostile", () => open(browser, "hostile", {viewport: DESKTOP}, print));
await check("by keyboard: the first stop is a link to the report", () => open(browser, "sample", {viewport: DESKTOP},
	async tab => {
		await tab.keyboard.press("Tab");
		return await tab.evaluate(() => document.activeElement.matches(".skip") &&
			getComputedStyle(document.activeElement).outlineStyle !== "none") ? [] : ["no"];
	}));
await browser.close();
process.exitCode = results.some(n => n) ? 1 : 0;
