/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts a chart to zoom in in the place of each picture that has its data beside it. Without this
 * script, or if anything in it fails, the pictures stay.
 */
(function () {
	"use strict";

	var HEIGHT = 340, NARROW = 600;

	function colour(name) {
		return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
	}

	function faded(c, alpha) {
		return c + Math.round(alpha * 255).toString(16).padStart(2, "0");
	}

	/* 1234567 as 1,234,567; other numbers with six digits. */
	function number(v) {
		if (v === null || v === undefined)
			return "–";
		return Number.isInteger(v) ? v.toLocaleString("en") : String(Number(v.toPrecision(6)));
	}

	function cut(s) {
		return s.length > 48 ? s.slice(0, 47) + "…" : s;
	}

	/* All lines on the steps of any of them, as uPlot wants them: x first, then y of each. */
	function table(data) {
		return uPlot.join(data.lines.map(function (l) {
			return l.high ? [l.x, l.y, l.high] : [l.x, l.y];
		}));
	}

	function series(data) {
		var list = [{label: data.x || "x", value: function (u, v) { return number(v); }}], seen = {};

		data.lines.forEach(function (l) {
			var c = colour(l.style), k = l.high ? 0 : (seen[l.style] = (seen[l.style] || 0) + 1) - 1;
			var one = {
				label: l.name, stroke: c, width: 2, spanGaps: false,
				dash: [[], [7, 5], [1, 5], [10, 4, 2, 4]][k % 4],
				points: {show: data.points, size: 6, fill: c},
				value: function (u, v) { return number(v); }
			};

			if (data.points)
				one.paths = function () { return null; };
			if (l.high) {
				one.width = 0;
				one.high = list.length + 1;
				one.value = function (u, v, i, at) {
					return number(v) + " … " + number(at === null ? null : u.data[i + 1][at]);
				};
				list.push(one, {label: "", stroke: c, width: 0, points: {show: false}});
			} else {
				list.push(one);
			}
		});
		return list;
	}

	/* What lies between the two lines of a band is filled. */
	function bands(data) {
		var list = [], at = 1;

		data.lines.forEach(function (l) {
			if (l.high)
				list.push({series: [at + 1, at], fill: faded(colour(l.style), 0.2)});
			at += l.high ? 2 : 1;
		});
		return list;
	}

	/* A line where an event is, its interval behind it, its number at the top. */
	function drawEvents(u, data) {
		var c = u.ctx, box = u.bbox, px = window.devicePixelRatio || 1;

		c.save();
		c.beginPath();
		c.rect(box.left, box.top, box.width, box.height);
		c.clip();
		data.events.forEach(function (e, i) {
			var x = u.valToPos(e.at, "x", true), low, high;

			if (e.low !== null && e.high !== null) {
				low = u.valToPos(e.low, "x", true);
				high = u.valToPos(e.high, "x", true);
				c.fillStyle = faded(colour("warn"), 0.14);
				c.fillRect(low, box.top, high - low, box.height);
			}
			c.strokeStyle = colour("warn");
			c.lineWidth = 1.5 * px;
			c.setLineDash([5 * px, 4 * px]);
			c.beginPath();
			c.moveTo(x, box.top);
			c.lineTo(x, box.top + box.height);
			c.stroke();
			c.setLineDash([]);
			c.font = 600 + " " + 14 * px + "px system-ui, sans-serif";
			c.lineWidth = 4 * px;
			c.strokeStyle = colour("bg");
			c.fillStyle = colour("ink");
			c.strokeText(String(i + 1), x + 5 * px, box.top + 16 * px);
			c.fillText(String(i + 1), x + 5 * px, box.top + 16 * px);
		});
		c.restore();
	}

	/* A finger that goes sideways selects, as the mouse does. */
	function touch(u) {
		var from = null;

		function x(e) {
			var box = u.over.getBoundingClientRect();

			return Math.max(0, Math.min(box.width, e.clientX - box.left));
		}
		u.over.addEventListener("pointerdown", function (e) {
			from = e.pointerType === "touch" ? x(e) : null;
		});
		u.over.addEventListener("pointermove", function (e) {
			if (from !== null)
				u.setSelect({left: Math.min(from, x(e)), width: Math.abs(from - x(e)),
					     top: 0, height: u.over.clientHeight}, false);
		});
		u.over.addEventListener("pointerup", function (e) {
			var a = from, b = x(e);

			from = null;
			if (a === null)
				return;
			u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
			if (Math.abs(a - b) > 10)
				u.setScale("x", {min: u.posToVal(Math.min(a, b), "x"),
						 max: u.posToVal(Math.max(a, b), "x")});
		});
		u.over.addEventListener("pointercancel", function () {
			from = null;
			u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
		});
	}

	/* A band is two lines of uPlot's with one entry in the legend. */
	function joinBands(u) {
		var entries = u.root.querySelectorAll(".u-series");

		u.series.forEach(function (s) {
			if (s.high)
				entries[s.high].hidden = true;
		});
	}

	function showBand(u, i, change) {
		if (i !== null && u.series[i].high && change.show !== undefined)
			u.setSeries(u.series[i].high, {show: change.show});
	}

	function options(data, state, width) {
		var ink = {stroke: colour("faint"), font: "14px system-ui, sans-serif",
			   labelFont: "14px system-ui, sans-serif",
			   grid: {stroke: colour("grid"), width: 1}, ticks: {stroke: colour("grid"), width: 1}};

		return {
			width: width,
			height: width < NARROW ? 280 : HEIGHT,
			scales: {x: {time: false}, y: state.log ? {distr: 3} : {}},
			axes: [
				Object.assign({label: cut(data.x) || null, labelSize: data.x ? 24 : 0}, ink),
				Object.assign({label: cut(data.y) || null, labelSize: data.y ? 24 : 0,
					       size: width < NARROW ? 58 : 66}, ink)
			],
			series: series(data),
			bands: bands(data),
			legend: {live: true},
			cursor: {drag: {x: true, y: false, dist: 5}},
			hooks: {init: [joinBands], setSeries: [showBand],
				draw: [function (u) { drawEvents(u, data); }]}
		};
	}

	function button(box, text, act) {
		var b = document.createElement("button");

		b.type = "button";
		b.textContent = text;
		b.addEventListener("click", act);
		box.appendChild(b);
		return b;
	}

	function positive(data) {
		return data.lines.length && data.lines.every(function (l) {
			return l.y.every(function (v) { return v === null || v > 0; });
		});
	}

	function build(figure, data) {
		var live = document.createElement("div"), place = document.createElement("div");
		var tools = document.createElement("div"), state = {log: data.log}, rows = table(data);
		var dark = matchMedia("(prefers-color-scheme:dark)"), chart = null, b;

		function width() {
			return Math.max(240, Math.floor(figure.clientWidth));
		}
		function draw() {
			var x = chart && {min: chart.scales.x.min, max: chart.scales.x.max};

			if (chart)
				chart.destroy();
			chart = new uPlot(options(data, state, width()), rows, place);
			touch(chart);
			if (x)
				chart.setScale("x", x);
			figure.chart = chart;
		}
		function zoom(by) {
			var s = chart.scales.x, middle = (s.min + s.max) / 2, half = (s.max - s.min) / 2 * by;
			var all = rows[0];

			chart.setScale("x", {min: Math.max(all[0], middle - half),
					     max: Math.min(all[all.length - 1], middle + half)});
		}

		tools.className = "tools";
		live.className = "live";
		live.append(place, tools);
		button(tools, "Zoom in", function () { zoom(0.5); });
		button(tools, "Zoom out", function () { zoom(2); });
		button(tools, "Show all", function () { chart.setData(rows); });
		if (positive(data)) {
			b = button(tools, "Logarithmic", function () {
				state.log = !state.log;
				b.setAttribute("aria-pressed", String(state.log));
				draw();
			});
			b.setAttribute("aria-pressed", String(state.log));
		}
		figure.querySelector(".static").after(live);
		figure.classList.add("on");
		draw();
		dark.addEventListener("change", draw);
		new ResizeObserver(function () {
			if (figure.clientWidth && chart.width !== width())
				chart.setSize({width: width(), height: width() < NARROW ? 280 : HEIGHT});
		}).observe(figure);
	}

	document.querySelectorAll("figure.plot").forEach(function (figure) {
		var data = JSON.parse(figure.querySelector("script").textContent);

		if (data.lines.some(function (l) { return l.x.length; }))
			build(figure, data);
	});
})();
