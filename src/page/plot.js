// A history drawn over days, with its interval as a band and what happened marked; read out day by day.

import {el, say, time, unitOf, word, writeDay, writeMonth} from './text.js';

const DAY_MS = 86400000;
const LEFT = 44;
const RIGHT = 12;
const TOP = 24;

function rangeOf(measure, points) {
  const unit = unitOf(measure);
  if (unit.axis && !['difference', 'ratio', 'standard deviations'].includes(measure.unit)) return unit.axis;
  const values = points.flatMap((p) => p.figure.slice(0, 3)).filter((v) => typeof v === 'number');
  const neutral = unit.neutral === undefined ? [] : [unit.neutral];
  let low = Math.min(...values, ...neutral);
  let high = Math.max(...values, ...neutral);
  if (measure.unit === 'difference') [low, high] = [Math.max(low, -0.6), Math.min(high, 0.6)];
  if (measure.unit === 'ratio') [low, high] = [Math.max(low, 0), Math.min(high, 4)];
  if (high - low < 1e-9) high = low + 1;
  return [low, high];
}

// Runs of days that follow each other and are known, under one version of the rules.
function runsOf(points, cuts) {
  const runs = [];
  for (const point of points) {
    const run = runs[runs.length - 1];
    const before = run?.[run.length - 1];
    const isNew =
        !before || point.at - before.at > DAY_MS || cuts.some((c) => before.at < c && c <= point.at);
    if (isNew)
      runs.push([point]);
    else
      run.push(point);
  }
  return runs;
}

function ticksOf([low, high]) {
  const steps = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 250, 500, 1000];
  const step = steps.find((s) => (high - low) / s <= 4.5) ?? (high - low) / 4;
  const ticks = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + 1e-9; v += step) ticks.push(v);
  return ticks;
}

function frameParts(measure, range, area, x, y) {
  const unit = unitOf(measure);
  const parts = ticksOf(range).map(
      (v) => el('g', {},
          el('line',
              {class: unit.neutral === v ? 'neutral' : 'grid', x1: LEFT, x2: area.right, y1: y(v), y2: y(v)}),
          el('text', {class: 'axis', x: LEFT - 7, y: y(v) + 4, 'text-anchor': 'end'}, unit.write(v))));
  const start = new Date(area.from);
  const every = (area.to - area.from) / DAY_MS > 200 && area.right < 600 ? 3 :
      (area.to - area.from) / DAY_MS > 100                               ? 2 :
                                                                           1;
  for (let month = 1;; month++) {
    const at = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1);
    if (at > area.to) break;
    const year = new Date(at).getUTCMonth() === 0 ? ` ${new Date(at).getUTCFullYear()}` : '';
    parts.push(el('line', {class: 'month', x1: x(at), x2: x(at), y1: area.bottom, y2: area.bottom + 4}));
    if (month % every === 0 && x(at) < area.right - 16)
      parts.push(el('text', {class: 'axis', x: x(at), y: area.bottom + 17, 'text-anchor': 'middle'},
          writeMonth(at) + year));
  }
  return parts;
}

// Alarms as bars above, redesigns as diamonds, trainings as squares, a change of rules as a cut.
function eventParts(events, area, x) {
  const inside = (at) => at >= area.from && at <= area.to;
  const parts = [];
  for (const alert of events.alerts ?? []) {
    const from = Math.max(time(alert.opened), area.from);
    const to = alert.resolved ? time(alert.resolved) : area.to;
    if (to < area.from) continue;
    parts.push(el('g', {class: 'alarm'},
        el('rect', {x: x(from), y: TOP, width: Math.max(2, x(to) - x(from)), height: area.bottom - TOP}),
        el('polygon',
            {points: `${x(from)},${TOP - 12} ${x(from) - 5.5},${TOP - 3} ${x(from) + 5.5},${TOP - 3}`})));
  }
  for (const day of new Set((events.redesigns ?? []).map((r) => r.day)))
    if (inside(time(day))) {
      const at = x(time(day));
      parts.push(el('g', {class: 'redesign'}, el('line', {x1: at, x2: at, y1: TOP - 2, y2: area.bottom}),
          el('polygon',
              {points: `${at},${TOP - 13} ${at + 5},${TOP - 8} ${at},${TOP - 3} ${at - 5},${TOP - 8}`})));
    }
  for (const training of events.trainings ?? [])
    if (inside(time(training.week)))
      parts.push(
          el('rect', {class: 'training', x: x(time(training.week)) - 4, y: TOP - 12, width: 8, height: 8}));
  for (const cut of events.cuts ?? [])
    if (inside(cut))
      parts.push(el('g', {class: 'rules'}, el('line', {x1: x(cut), x2: x(cut), y1: 2, y2: area.bottom}),
          el('text', {class: 'axis', x: x(cut) + 4, y: 10}, 'other rules')));
  return parts;
}

function draw(measure, points, begin, events, width, height) {
  const area = {
    from: begin,
    to: Math.max(points[points.length - 1].at, begin + DAY_MS),
    right: width - RIGHT,
    bottom: height - 24
  };
  const range = rangeOf(measure, points);
  const x = (at) =>
      Math.round((LEFT + ((at - area.from) / (area.to - area.from)) * (area.right - LEFT)) * 10) / 10;
  const y = (v) =>
      Math.round((area.bottom -
                     ((Math.min(range[1], Math.max(range[0], v)) - range[0]) / (range[1] - range[0])) *
                         (area.bottom - TOP)) *
          10) /
      10;
  const parts = [...eventParts(events, area, x), ...frameParts(measure, range, area, x, y)];
  for (const run of runsOf(points, events.cuts ?? [])) {
    const banded = run.filter((p) => typeof p.figure[1] === 'number' && typeof p.figure[2] === 'number');
    if (banded.length > 1)
      parts.push(el('path', {
        class: 'band',
        d: `M${banded.map((p) => `${x(p.at)} ${y(p.figure[2])}`).join('L')}L${
            banded.reverse().map((p) => `${x(p.at)} ${y(p.figure[1])}`).join('L')}Z`
      }));
    parts.push(el('path', {
      class: 'line',
      d: `M${run.map((p) => `${x(p.at)} ${y(p.figure[0])}`).join('L')}${run.length === 1 ? 'h.1' : ''}`
    }));
  }
  const cursor = el('g', {class: 'cursor'}, el('line', {y1: TOP, y2: area.bottom}), el('circle', {r: 4}));
  const svg =
      el('svg', {class: 'plot', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'},
          parts, cursor);
  return {
    svg,
    place: (point) => {
      cursor.classList.add('on');
      cursor.firstChild.setAttribute('x1', x(point.at));
      cursor.firstChild.setAttribute('x2', x(point.at));
      cursor.lastChild.setAttribute('cx', x(point.at));
      cursor.lastChild.setAttribute('cy', y(point.figure[0]));
    },
    nearest: (px) => area.from + ((px - LEFT) / (area.right - LEFT)) * (area.to - area.from)
  };
}

function tell(measure, point, events) {
  const open = (events.alerts ?? [])
                   .filter((a) => time(a.opened) <= point.at && (!a.resolved || point.at < time(a.resolved)))
                   .map((a) => word('alarm', a.kind).label);
  const changed = (events.redesigns ?? []).filter((r) => time(r.day) === point.at).map((r) => r.workflow);
  return [
    `${writeDay(point.at)}: ${say(measure, point.figure)}`,
    open.length ? `alarm open: ${open.join(', ')}` : null,
    changed.length ? `redesigned: ${changed.join(', ')}` : null
  ].filter(Boolean)
      .join(' · ');
}

// days: [day, estimate, lo, hi, n], those unknown with null; events: alerts, redesigns, trainings, cuts
// (times of new rules).
export function history(measure, title, days, events, height = 210) {
  const points =
      days.filter((d) => typeof d[1] === 'number').map((d) => ({at: time(d[0]), figure: d.slice(1)}));
  if (points.length === 0) return el('p', {class: 'none'}, 'It was not known on any of these days.');
  const stage = el('div', {class: 'stage'});
  const reader = el('p', {class: 'readout'});
  const range = el('input', {
    type: 'range',
    min: 0,
    max: points.length - 1,
    value: points.length - 1,
    'aria-label': `${title}, day by day`
  });
  let drawn = null;
  const show = (i) => {
    range.value = i;
    reader.textContent = tell(measure, points[i], events);
    range.setAttribute('aria-valuetext', reader.textContent);
    drawn?.place(points[i]);
  };
  range.addEventListener('input', () => show(Number(range.value)));
  stage.addEventListener('pointermove', (event) => {
    if (!drawn) return;
    const at = drawn.nearest(event.clientX - stage.getBoundingClientRect().left);
    let best = 0;
    points.forEach((p, i) => {
      if (Math.abs(p.at - at) < Math.abs(points[best].at - at)) best = i;
    });
    show(best);
  });
  new ResizeObserver(() => {
    const width = Math.floor(stage.clientWidth);
    if (width < 80 || width === drawn?.width) return;
    drawn = {...draw(measure, points, time(days[0][0]), events, width, height), width};
    stage.replaceChildren(drawn.svg, range);
    show(Number(range.value));
  }).observe(stage);
  return el('figure', {class: 'history'}, stage, el('figcaption', {}, reader));
}

// What the marks of a history mean; only those that occur.
export function legend(events) {
  const item = (name, text, drawing) => el('li', {},
      el('svg', {class: `key ${name}`, width: 14, height: 14, viewBox: '0 0 14 14', 'aria-hidden': 'true'},
          drawing),
      text);
  return el('ul', {class: 'legend'},
      item('band', '95 % interval', el('rect', {x: 0, y: 3, width: 14, height: 8})),
      events.alerts?.length > 0 &&
          item('alarm', 'alarm, and while it was open', el('polygon', {points: '7,2 1,12 13,12'})),
      events.redesigns?.length > 0 &&
          item('redesign', 'redesign of a workflow', el('polygon', {points: '7,1 13,7 7,13 1,7'})),
      events.trainings?.length > 0 &&
          item('training', 'week of training', el('rect', {x: 2, y: 2, width: 10, height: 10})),
      events.cuts?.length > 0 &&
          item('rules', 'other rules: not one line', el('line', {x1: 7, x2: 7, y1: 0, y2: 14})));
}
