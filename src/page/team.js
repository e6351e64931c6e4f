// The page of one team: where it stands, why, what is in the way, and every measure behind it.

import {interval, sign} from './marks.js';
import {signsText} from './overview.js';
import {history, legend} from './plot.js';
import {redesignSection} from './redesigns.js';
import {againstSection, besideSection, durabilitySection, measuresSection, relianceSection, unknownText} from './sections.js';
import {el, HEALTH, measureOf, note, plural, say, section, thresholds, time, titleOf, word, write, writeDay, writeInterval} from './text.js';

// All work of a team (null) and its work without a workflow ('') are two things.
const keyOf = (win, workflow) => JSON.stringify([win, workflow]);

// Finds figures of a team: of its last closed day (frozen), or of a window as last written.
export function figuresOf(team) {
  const windows = new Map((team.windows ?? []).map((w) => [keyOf(w.win, w.workflow), w]));
  const at = (win, workflow) => windows.get(keyOf(win, workflow));
  return {
    closed: (name) => asFigure(team.measures?.[name]),
    closedBecause: (name) => team.because?.[name],
    window: (win) => at(win, null),
    of: (name, win, workflow = null) => asFigure(at(win, workflow)?.values?.[name]),
    because: (name, win, workflow = null) => at(win, workflow)?.because?.[name],
    workflows: () => [...new Set((team.windows ?? []).map((w) => w.workflow).filter((w) => w !== null))],
  };
}

// Rows of health have [estimate, lo, hi, n], true or false, or a count.
function asFigure(value) {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value;
  return [Number(value)];
}

// Plots are marked with all that happened; a change of rules cuts the line.
function eventsOf(team) {
  return {
    alerts: team.alerts ?? [],
    redesigns: team.redesigns ?? [],
    trainings: team.trainings ?? [],
    cuts: (team.rules ?? []).slice(1).map((r) => time(r.from))
  };
}

function headSection(team, events) {
  const limit = team.health_limit && word('component', team.health_limit);
  const number = team.health === null || team.health === undefined ?
      [el('p', {class: 'big none'}, 'unknown'), el('p', {}, healthUnknown(team))] :
      [
        el('p', {class: 'big'}, Math.round(team.health), el('small', {}, ' of 100')),
        interval(HEALTH, [team.health, team.lo, team.hi], {width: 220, height: 22}),
        el('p', {class: 'limits'},
            `95 % interval ${writeInterval(HEALTH, team.lo, team.hi)}, of ${
                plural(team.n, 'person', 'people')}`),
        limit &&
            el('p', {},
                `Held down most by ${limit.label.toLowerCase()}: ${limit.sentence[0].toLowerCase()}${
                    limit.sentence.slice(1)}`)
      ];
  return section('health', word('section', 'health').label,
      el('div', {class: 'split'}, el('div', {class: 'number-card'}, number),
          el('div', {}, history(HEALTH, 'Health', team.history ?? [], events, 230), legend(events))));
}

function healthUnknown(team) {
  if (team.is_suppressed) return word('because', 'suppressed').sentence;
  const reasons =
      [...new Set(['regular', 'judgement', 'success_lift'].map((m) => team.because?.[m]).filter(Boolean))];
  return `${note('health_needs')} ${
      reasons.map((r) => word('because', r).sentence).join(' ')}`;
}

const BASIS = {
  changed_work: 'changed_work',
  traceable: 'traceable',
  reproduces: 'reproduction'
};

function indicatorCard(name, team, figures) {
  const presence = team[name] ?? 'unknown';
  const measure = measureOf(BASIS[name]);
  const figure = figures.closed(BASIS[name]);
  const threshold = thresholds(team.definitions)?.[name];
  const info = word('indicator', name);
  const limit = threshold === undefined ? '' : write(measure, threshold).replace(/ per .*/, '');
  const rule = threshold === undefined ?
      '' :
      `Threshold ${limit}. ${note(name === 'reproduces' ? 'estimate_rule' : 'interval_rule')}`;
  return el('li', {class: `indicator ${presence}`},
      el('h3', {}, sign(presence, 16), ` ${info.label}`, el('span', {class: 'presence'}, word('presence', presence).label)),
      el('p', {}, info.sentence),
      figure ?
          [
            interval(measure, figure, {width: 220, height: 22, threshold}),
            el('p', {class: 'limits'}, say(measure, figure))
          ] :
          el('p', {class: 'because'}, unknownText(figures.closedBecause(BASIS[name]))),
      rule && el('p', {class: 'fine'}, rule));
}

function verdictSection(team, figures) {
  if (team.is_suppressed) return null;
  const verdict = word('verdict', team.verdict);
  const detail = signsText(team.verdict, [team.changed_work, team.traceable, team.reproduces]);
  const title = detail ? `${verdict.label}: ${detail}` : verdict.label;
  return section('verdict', `${word('section', 'verdict').label} “${title}”`, el('p', {class: 'lead'}, verdict.sentence),
      el('ul', {class: 'indicators'}, Object.keys(BASIS).map((name) => indicatorCard(name, team, figures))));
}

function evidence(word_, figures) {
  return el('ul', {class: 'evidence'}, word_.measures.split(' ').filter(Boolean).map((name) => {
    const figure = figures.closed(name) ?? figures.of(name, '90d');
    const measure = measureOf(name);
    return figure &&
        el('li', {}, el('span', {}, titleOf(name)), measure.kind === 'estimate' && interval(measure, figure),
            el('span', {class: 'limits'}, say(measure, figure)));
  }));
}

function waySection(team, figures) {
  if (team.is_suppressed) return null;
  const found = team.diagnosis ?? [];
  const open = (team.alerts ?? []).filter((a) => !a.resolved);
  return section('way', word('section', 'way').label,
      found.length === 0 &&
          el('p', {}, note('nothing_in_the_way')),
      el('ul', {class: 'findings'},
          found.map((name) => el('li', {}, el('h3', {}, word('diagnosis', name).label),
                        el('p', {}, word('diagnosis', name).sentence),
                        evidence(word('diagnosis', name), figures)))),
      open.length > 0 && [
        el('h3', {class: 'sub'}, 'Open alarms'),
        el('ul', {class: 'alerts'},
            open.map(
                (a) => el('li', {},
                    el('strong', {}, el('span', {'aria-hidden': 'true'}, '▲ '), word('alarm', a.kind).label),
                    ` since ${writeDay(a.opened)}. `, a.sentence ?? word('alarm', a.kind).sentence,
                    a.acknowledged_by &&
                        el('span', {class: 'fine'},
                            ` Taken up by ${a.acknowledged_by}${a.note ? `: ${a.note}` : ''}.`))))
      ]);
}

// What would have to be sent to know more, by reason.
function missingSection(team) {
  const by = new Map();
  for (const [name, reason] of Object.entries(team.because ?? {})) {
    if (!measureOf(name)) continue;
    by.set(reason, [...(by.get(reason) ?? []), name]);
  }
  if (by.size === 0) return null;
  return section('missing', word('section', 'missing').label,
      el('dl', {class: 'missing'},
          [...by]
              .sort((a, b) => b[1].length - a[1].length)
              .map(([reason, names]) => el('div', {}, el('dt', {}, word('because', reason).label),
                       el('dd', {}, word('because', reason).sentence,
                           el('small', {},
                               ` ${plural(names.length, 'measure', 'measures')}: ${
                                   names.map(titleOf).join(', ')}.`))))));
}

// Shows a team in `root`; read(address) reads a further document.
export function showTeam(root, query, team, go, read) {
  const figures = figuresOf(team);
  const events = eventsOf(team);
  const state = team.state && word('state', team.state);
  const rules = team.rules?.length > 1 ?
      ` The rules changed on ${
          team.rules.slice(1).map((r) => writeDay(r.from)).join(', ')}; lines are cut there.` :
      '';
  root.replaceChildren(el('p', {class: 'back'}, el('a', {href: '?', 'data-go': true}, '← All teams')),
      el('h1', {tabindex: '-1'}, team.team),
      el('p', {class: 'lead'},
          state ? [el('strong', {}, state.label), `. ${state.sentence} `] : el('strong', {}, 'Held back. '),
          `As of the close of ${writeDay(team.day)}.${
              team.quiet ? ` ${note('quiet')}` : ''}${rules}`),
      ...[team.is_suppressed && el('p', {class: 'notice'}, word('because', 'suppressed').sentence),
          headSection(team, events),
          verdictSection(team, figures),
          waySection(team, figures),
          againstSection(team, figures),
          redesignSection(team),
          relianceSection(team, figures),
          durabilitySection(team, figures),
          measuresSection(team, figures, events, query, go, read),
          missingSection(team),
          besideSection(team, figures),
  ].filter(Boolean),
      el('p', {class: 'fine origin'}, `Rules ${team.definitions}. `,
          el('a', {href: `api/v1/team?team=${encodeURIComponent(team.team)}`}, 'These figures as JSON')));
}
