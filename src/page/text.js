// Elements, texts from the registry of measures, and how figures are written.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_NAMES = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'title', 'polygon']);

// An element with attributes and children; text is always text, never markup.
export function el(name, attributes, ...children) {
  const node = SVG_NAMES.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on'))
      node.addEventListener(key.slice(2), value);
    else
      node.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

// A part of a page, named by its heading.
export const section = (id, title, ...children) => el('section',
    {class: `part ${id}`, 'aria-labelledby': `h-${id}`}, el('h2', {id: `h-${id}`}, title), children);

export const unseen = (text) => el('span', {class: 'unseen'}, text);

// ---- the registry --------------------------------------------------------------------------------

let glossary = null;
const measures = new Map();

export function setGlossary(document) {
  glossary = document;
  for (const measure of document.measures) measures.set(measure.name, measure);
}

export const allMeasures = () => [...measures.values()];
export const measureOf = (name) => measures.get(name);
export const allWords = (set) => Object.entries(glossary.words[set]);
export const thresholds = (definitions) =>
    (glossary.definitions === definitions ? glossary.thresholds : null);

// What a person reads in place of a word.
export function word(set, name) {
  return glossary.words[set]?.[name] ?? {label: name, sentence: '', measures: ''};
}

export const titleOf = (name) => measures.get(name)?.title ?? name;

export const capital = (text) => text[0].toUpperCase() + text.slice(1);
// What the table of words says of no team in particular.
export const note = (name) => word('note', name).sentence;

// ---- figures -------------------------------------------------------------------------------------

const round = (value, digits) => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
};
const signed = (value, digits) => (value > 0 ? '+' : '') + round(value, digits).replace('-', '−');

// Of a unit: how a value is written, what stands behind it, the axis it lies on, and what is neutral on it.
const UNITS = {
  proportion: {
    write: (v) => `${round(v * 100, 0)} %`,
    span: (lo, hi) => `${round(lo * 100, 0)} to ${round(hi * 100, 0)} %`,
    axis: [0, 1]
  },
  difference: {write: (v) => signed(v * 100, 1), unit: 'points', axis: [-0.4, 0.4], neutral: 0},
  ratio: {
    write: (v) => `× ${round(v, 2)}`,
    span: (lo, hi) => `${round(lo, 2)} to ${round(hi, 2)}`,
    axis: [1 / 3, 3],
    neutral: 1,
    log: true
  },
  hours: {write: (v) => signed(v, 0), unit: 'h', neutral: 0},
  'mean answer 1 to 5': {write: (v) => round(v, 1), unit: 'of 5', axis: [1, 5], neutral: 3},
  'difference of answers 1 to 5': {write: (v) => signed(v, 1), axis: [-4, 4], neutral: 0},
  'standard deviations': {write: (v) => signed(v, 1), unit: 'sd', axis: [-3, 3], neutral: 0},
  'divergence 0 to 1': {write: (v) => round(v, 2), axis: [0, 1]},
  flag: {write: (v) => (v > 0 ? 'yes' : 'no'), axis: [0, 1]},
  health: {write: (v) => round(v, 0), axis: [0, 100]},
};

export function unitOf(measure) {
  return UNITS[measure.unit] ?? {
    write: (v) => (measure.kind === 'count' ? round(v, Number.isInteger(v) ? 0 : 1) : round(v, 2)),
    unit: measure.unit,
  };
}

export const HEALTH = {
  name: 'health',
  kind: 'estimate',
  unit: 'health',
  better: 'more'
};

export function write(measure, value) {
  const unit = unitOf(measure);
  return unit.write(value) + (unit.unit ? ` ${unit.unit}` : '');
}

export function writeInterval(measure, lo, hi) {
  const unit = unitOf(measure);
  return unit.span ? unit.span(lo, hi) : `${unit.write(lo)} to ${unit.write(hi)}`;
}

// What stands behind an estimate: "75 to 89 %, n 220".
export function writeLimits(measure, [, lo, hi, n]) {
  const parts = [];
  if (typeof lo === 'number' && typeof hi === 'number') parts.push(writeInterval(measure, lo, hi));
  if (typeof n === 'number') parts.push(`n ${writeCount(n)}`);
  return parts.join(', ');
}

// A figure in one line: "84 % (75 to 89 %, n 220)".
export function say(measure, figure) {
  const limits = writeLimits(measure, figure);
  return write(measure, figure[0]) + (limits ? ` (${limits})` : '');
}

export const writeCount = (n) => new Intl.NumberFormat('en', {maximumFractionDigits: 1}).format(n);

const dates =
    new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC'});
const months = new Intl.DateTimeFormat('en-GB', {month: 'short', timeZone: 'UTC'});
export const time = (day) => Date.parse(`${day}T00:00:00Z`);
export const writeDay = (day) => dates.format(typeof day === 'number' ? day : time(day));
export const writeMonth = (at) => months.format(at);
export const plural = (n, one, many) => `${writeCount(n)} ${n === 1 ? one : many}`;
