// What redesigns changed: the days from each on against those before.

import {interval} from './marks.js';
import {unknownText} from './sections.js';
import {allMeasures, el, note, say, section, time, titleOf, word, writeDay} from './text.js';

const DAY_MS = 86400000;
const JUDGED_FROM = 28, JUDGED_TO = 60;

const judgedMeasures = () => allMeasures().filter((m) => m.where === 'redesign');

function figureLine(measure, outcome) {
  const value = outcome.values?.[measure.name];
  return el('li', {'data-measure': measure.name}, el('span', {}, titleOf(measure.name)),
      value && measure.kind === 'estimate' && interval(measure, value),
      el('span', {class: 'limits'}, value ? say(measure, value) : unknownText(outcome.because?.[measure.name])));
}

function standing(outcome) {
  if (outcome.is_final) return `Final: as of the close of ${writeDay(outcome.as_of)}.`;
  return `As of ${writeDay(outcome.as_of)}${
      outcome.provisional ? ', a day that has not closed: provisional' : ''}. It is judged until ${
      writeDay(time(outcome.day) + JUDGED_TO * DAY_MS)}.`;
}

const nameOf = (redesign) => [redesign.workflow, redesign.label].filter(Boolean).join(': ');

const judged = (outcome) => el('li', {class: 'redesign'},
    el('h3', {}, nameOf(outcome), el('small', {class: 'claim'}, 'association')),
    el('p', {class: 'fine'}, `On ${writeDay(outcome.day)}. ${standing(outcome)}`),
    el('ul', {class: 'evidence'}, judgedMeasures().map((m) => figureLine(m, outcome))));

// Too young, or told of too late.
function waitingText(redesign, day) {
  const days = (time(day) - time(redesign.day)) / DAY_MS;
  if (days < JUDGED_FROM) return note('redesign_young');
  return note(days <= JUDGED_TO ? 'redesign_due' : 'redesign_missed');
}

const waiting = (redesign, day) => el('li', {class: 'redesign'}, el('h3', {}, nameOf(redesign)),
    el('p', {class: 'fine'}, `On ${writeDay(redesign.day)}. ${waitingText(redesign, day)}`));

// The latest first; null for a team without any.
export function redesignSection(team) {
  const outcomes = team.redesign_outcomes ?? [];
  const known = new Set(outcomes.map((o) => JSON.stringify([o.day, o.workflow])));
  const rest = (team.redesigns ?? []).filter((r) => !known.has(JSON.stringify([r.day, r.workflow])));
  if (outcomes.length + rest.length === 0) return null;
  const items = [
    ...outcomes.map((o) => [o.day, judged(o)]), ...rest.map((r) => [r.day, waiting(r, team.day)])
  ].sort((a, b) => b[0].localeCompare(a[0]));
  const {label, sentence} = word('section', 'redesigns');
  return section('redesigns', label, el('p', {}, `${sentence} ${note('before_after')}`),
      el('ul', {class: 'findings'}, items.map(([, item]) => item)));
}
