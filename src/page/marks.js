// Small drawings that stand in a line of text or a cell: an interval, a line of weeks, signs.

import {el, unitOf} from './text.js';

const at = (value) => Math.round(value * 10) / 10;

// Where values lie between 0 and 1 on the axis of a measure; what lies beyond is cut at its ends.
export function scaleOf(measure, figures) {
  const unit = unitOf(measure);
  let [low, high] = unit.axis ?? [0, 0];
  for (const figure of figures) {
    for (const value of figure.slice(0, 3)) {
      if (typeof value !== 'number' || (unit.axis && measure.unit !== 'difference')) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (unit.neutral === 0) [low, high] = [-Math.max(-low, high), Math.max(-low, high)];
  if (high === low) high = low + 1;
  const turn = unit.log ? Math.log : (v) => v;
  const place = (value) => (turn(value) - turn(low)) / (turn(high) - turn(low));
  return {low, high, neutral: unit.neutral, of: (v) => Math.min(1, Math.max(0, place(v)))};
}

// The interval is the bar, the estimate the tick within; a hairline where the neutral value is.
export function interval(measure, figure, options = {}) {
  const width = options.width ?? 132;
  const height = options.height ?? 18;
  const middle = height / 2;
  const scale = options.scale ?? scaleOf(measure, figure ? [figure] : []);
  const x = (value) => at(3 + scale.of(value) * (width - 6));
  const parts = [el('line', {class: 'track', x1: 3, x2: width - 3, y1: middle, y2: middle})];
  if (scale.neutral !== undefined)
    parts.push(
        el('line', {class: 'neutral', x1: x(scale.neutral), x2: x(scale.neutral), y1: 1, y2: height - 1}));
  if (options.threshold !== undefined)
    parts.push(el(
        'line', {class: 'threshold', x1: x(options.threshold), x2: x(options.threshold), y1: 0, y2: height}));
  if (figure) {
    const [estimate, lo, hi] = figure;
    if (typeof lo === 'number' && typeof hi === 'number') {
      const left = x(lo);
      parts.push(el('rect',
          {class: 'bar', x: left, y: middle - 3, width: Math.max(1.5, at(x(hi) - left)), height: 6, rx: 3}));
    }
    parts.push(
        el('line', {class: 'tick', x1: x(estimate), x2: x(estimate), y1: middle - 6.5, y2: middle + 6.5}));
  }
  return el('svg', {
    class: `interval ${figure ? '' : 'unknown'}`,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'aria-hidden': 'true',
  },
      parts);
}

// Values of weeks, the oldest first; null = unknown, and the line has a gap there.
export function weeks(values, options = {}) {
  const width = options.width ?? 112;
  const height = options.height ?? 26;
  const [low, high] = options.range ?? rangeOf(values);
  const x = (i) => at(2 + (i / Math.max(1, values.length - 1)) * (width - 6));
  const y = (value) => at(height - 3 - ((value - low) / (high - low || 1)) * (height - 6));
  const parts = [el('line', {class: 'base', x1: 2, x2: width - 4, y1: height - 1, y2: height - 1})];
  let path = '';
  let last = null;
  values.forEach((value, i) => {
    if (value === null) return;
    const alone = (i === 0 || values[i - 1] === null) && (i + 1 === values.length || values[i + 1] === null);
    path += `${i > 0 && values[i - 1] !== null ? 'L' : 'M'}${x(i)} ${y(value)}${alone ? 'h.1' : ''}`;
    last = [x(i), y(value)];
  });
  if (path) parts.push(el('path', {class: 'line', d: path}));
  if (last) parts.push(el('circle', {class: 'dot', cx: last[0], cy: last[1], r: 2.2}));
  if (options.rulesChanged !== undefined && options.rulesChanged !== null) {
    const cut = x(values.length - 1 - options.rulesChanged + 0.5);
    parts.push(el('line', {class: 'rules', x1: cut, x2: cut, y1: 0, y2: height}));
  }
  return el('svg', {class: 'weeks', width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'},
      parts);
}

function rangeOf(values) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [0, 1];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const room = (high - low || Math.abs(high) || 1) * 0.15;
  return [low - room, high + room];
}

// present: a full disc; absent: an empty ring; unknown: a dashed ring. Told apart by form.
export function sign(presence, size = 13) {
  const half = size / 2;
  return el('svg', {
    class: `sign ${presence}`,
    width: size,
    height: size,
    viewBox: `0 0 ${size} ${size}`,
    'aria-hidden': 'true'
  },
      el('circle', {cx: half, cy: half, r: half - 1.6}));
}
