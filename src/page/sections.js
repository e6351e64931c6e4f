// Parts of a team's page: with AI against without, reliance, durability, all measures, and what is counted
// beside.

import {interval, scaleOf, weeks} from './marks.js';
import {history, legend} from './plot.js';
import {allMeasures, allWords, capital, el, measureOf, note, plural, say, section, titleOf, unseen, word, write, writeCount, writeDay, writeLimits} from './text.js';

export const unknownText = (reason) => (reason ? `Unknown. ${word('because', reason).sentence}` :
                                                 `Unknown. ${note('not_worked_out')}`);

// Windows are written more often than days close, or, while much is being read, less often.
const asOf = (about, team) => (!about || about.as_of === team.day ?
        '' :
        ` As of ${writeDay(about.as_of)}${
            about.provisional ? ', a day that has not closed: provisional' : ''}.`);

const isKnown = (figure) => figure !== null && figure !== undefined;
const LONG = '90d';

// ---- with AI against without -------------------------------------------------------------------------

const LIFTS = ['success_lift', 'quality_lift', 'cycle_ratio', 'rework_lift'];
const liftTitle = (name) => word('comparison', name.replace('_randomised', '')).label;
const titleOfPart = (name) => word('section', name).label;
const introOf = (name) => word('section', name).sentence;

function liftCell(name, figure, reason, scale) {
  const measure = measureOf(name);
  if (!isKnown(figure))
    return el('td', {role: 'cell', 'data-label': liftTitle(name)},
        el('span', {class: 'none'}, reason ? word('because', reason).label : 'unknown'));
  return el('td', {role: 'cell', 'data-label': liftTitle(name)},
      interval(measure, figure, {scale}), el('span', {class: 'limits'}, say(measure, figure)));
}

export function againstSection(team, figures) {
  const rows = [
    ['All its work', null, ''], ['All its work, drawn by lot', null, '_randomised'],
    ...figures.workflows().map((w) => [w === '' ? 'Work without a workflow' : w, w, ''])
  ];
  const shown = rows.filter(([, workflow, suffix]) => suffix === '' ||
          LIFTS.some((l) => isKnown(figures.of(l + suffix, LONG, workflow))));
  const scales = Object.fromEntries(LIFTS.map(
      (l) => [l,
          scaleOf(measureOf(l), shown.map(([, w, s]) => figures.of(l + s, LONG, w)).filter(isKnown))]));
  return section('against', titleOfPart('against'),
      el('p', {}, `${word('window', LONG).sentence} ${introOf('against')} ${note('hairline')} `,
          word('claim', 'association').sentence, shown.some(([, , s]) => s) && ` ${note('by_lot')}`,
          asOf(figures.window(LONG), team)),
      el('div', {class: 'scroll'},
          el('table', {class: 'against', role: 'table'},
              el('caption', {class: 'unseen'}, 'Results with AI minus without, by workflow'),
              el('thead', {role: 'rowgroup'},
                  el('tr', {role: 'row'}, el('th', {scope: 'col', role: 'columnheader'}, 'Work'),
                      LIFTS.map(
                          (l) => el('th', {scope: 'col', role: 'columnheader'}, liftTitle(l),
                              el('small', {},
                                  measureOf(l).better === 'more' ? ' more is better' : ' less is better'))))),
              el('tbody', {role: 'rowgroup'},
                  shown.map(([title, workflow, suffix]) => el('tr', {role: 'row'},
                                el('th', {scope: 'row', role: 'rowheader'}, title,
                                    el('small', {class: 'claim'}, suffix ? 'causal' : 'association')),
                                LIFTS.map((l) => liftCell(l + suffix, figures.of(l + suffix, LONG, workflow),
                                              figures.because(l + suffix, LONG, workflow), scales[l]))))))),
      figures.of('simpson', LONG)?.[0] === 1 &&
          el('p', {class: 'notice'}, note('mixed_up')));
}

// ---- reliance -------------------------------------------------------------------------------------------

// wa of (wa + co) and wo of (wo + ca) give all four counts back.
function matrixOf(figures, win) {
  const over = figures.of('over_reliance', win);
  const under = figures.of('under_reliance', win);
  if (!isKnown(over) && !isKnown(under)) return null;
  const wa = over ? Math.round(over[0] * over[3]) : 0;
  const wo = under ? Math.round(under[0] * under[3]) : 0;
  return {wa, co: over ? over[3] - wa : 0, wo, ca: under ? under[3] - wo : 0};
}

export function relianceSection(team, figures) {
  const counts = matrixOf(figures, LONG);
  const total = counts ? counts.ca + counts.wa + counts.co + counts.wo : 0;
  const box = (n, isGood, name) => el('td', {class: isGood ? 'right' : 'wrong', role: 'cell'},
      el('strong', {}, writeCount(n)), el('span', {}, total > 0 ? `${Math.round((100 * n) / total)} %` : ''),
      el('small', {}, `${isGood ? '✓' : '✗'} ${word('advice', name).label.toLowerCase()}`));
  const line = (name) => {
    const figure = figures.of(name, LONG);
    return el('li', {}, el('span', {}, titleOf(name)), interval(measureOf(name), figure),
        el('span', {class: 'limits'},
            isKnown(figure) ? say(measureOf(name), figure) : unknownText(figures.because(name, LONG))));
  };
  return section('reliance', titleOfPart('reliance'),
      el('p', {}, `${word('window', LONG).sentence} ${introOf('reliance')}`, asOf(figures.window(LONG), team)),
      el('div', {class: 'split even'},
          counts ?
              el('table', {class: 'matrix', role: 'table'},
                  el('caption', {class: 'unseen'}, 'Advice accepted or overridden, by whether it was right'),
                  el('thead', {role: 'rowgroup'},
                      el('tr', {role: 'row'}, el('td', {role: 'cell'}),
                          el('th', {scope: 'col', role: 'columnheader'}, 'Advice was right'),
                          el('th', {scope: 'col', role: 'columnheader'}, 'Advice was wrong'))),
                  el('tbody', {role: 'rowgroup'},
                      el('tr', {role: 'row'}, el('th', {scope: 'row', role: 'rowheader'}, 'Accepted'),
                          box(counts.ca, true, 'right_accepted'),
                          box(counts.wa, false, 'wrong_accepted')),
                      el('tr', {role: 'row'}, el('th', {scope: 'row', role: 'rowheader'}, 'Overridden'),
                          box(counts.wo, false, 'right_overridden'),
                          box(counts.co, true, 'wrong_overridden')))) :
              el('p', {class: 'because'}, unknownText(figures.because('judgement', LONG))),
          el('ul', {class: 'evidence'},
              ['judgement', 'over_reliance', 'under_reliance', 'scored_share'].map(line),
              el('li', {class: 'fine'},
                  note(figures.of('verification_bias', LONG)?.[0] === 1 ? 'unevenly_checked' : 'unchecked')))));
}

// ---- durability -------------------------------------------------------------------------------------------

export function durabilitySection(team, figures) {
  const points = [14, 28, 180].map((days) => ({
    days,
    name: `durability_${days}`,
    figure: figures.closed(`durability_${days}`),
    reason: figures.closedBecause(`durability_${days}`)
  }));
  const width = 420, height = 200, left = 44, bottom = height - 30;
  const x = (days) =>
      left + ((Math.log(days) - Math.log(10)) / (Math.log(240) - Math.log(10))) * (width - left - 12);
  const y = (v) => 12 + (1 - v) * (bottom - 12);
  const parts = [0, 0.25, 0.5, 0.75, 1].map(
      (v) => el('g', {}, el('line', {class: 'grid', x1: left, x2: width - 8, y1: y(v), y2: y(v)}),
          el('text', {class: 'axis', x: left - 7, y: y(v) + 4, 'text-anchor': 'end'}, `${v * 100} %`)));
  const known = points.filter((p) => isKnown(p.figure));
  if (known.length > 1)
    parts.push(
        el('path', {class: 'curve', d: `M${known.map((p) => `${x(p.days)} ${y(p.figure[0])}`).join('L')}`}));
  for (const p of points) {
    parts.push(
        el('text', {class: 'axis', x: x(p.days), y: bottom + 18, 'text-anchor': 'middle'}, `${p.days} days`));
    if (isKnown(p.figure))
      parts.push(el('g', {class: 'whisker'},
          el('line', {x1: x(p.days), x2: x(p.days), y1: y(p.figure[1]), y2: y(p.figure[2])}),
          el('circle', {cx: x(p.days), cy: y(p.figure[0]), r: 4.5})));
    else
      parts.push(
          el('text', {class: 'axis unknown', x: x(p.days), y: y(0.5), 'text-anchor': 'middle'}, 'unknown'));
  }
  const also = ['kept_using', 'changed_work', 'reproduction'];
  return section('durability', titleOfPart('durability'), el('p', {}, introOf('durability')),
      el('div', {class: 'split even'},
          el('figure', {},
              el('svg', {
                class: 'plot durability',
                viewBox: `0 0 ${width} ${height}`,
                width,
                height,
                role: 'img',
                'aria-label': points
                                  .map((p) => `${p.days} days: ${
                                           isKnown(p.figure) ? say(measureOf(p.name), p.figure) : 'unknown'}`)
                                  .join('; ')
              },
                  parts)),
          el('ul', {class: 'evidence'},
              points.filter((p) => !isKnown(p.figure))
                  .map((p) => el('li', {}, el('span', {}, `After ${p.days} days`),
                           el('span', {class: 'limits'}, unknownText(p.reason)))),
              also.map((name) => el('li', {}, el('span', {}, titleOf(name)),
                           interval(measureOf(name), figures.closed(name)),
                           el('span', {class: 'limits'},
                               isKnown(figures.closed(name)) ? say(measureOf(name), figures.closed(name)) :
                                                               unknownText(figures.closedBecause(name))))))));
}

// ---- beside, in no score
// ------------------------------------------------------------------------------------

export function besideSection(team, figures) {
  const items = [
    ['completions', LONG, 'sessions completed in 90 days'],
    ['training_hours', LONG, 'hours of these sessions'], ['trained', 'own', 'people trained in 365 days']
  ];
  return el('aside', {class: 'part beside', 'aria-labelledby': 'h-beside'},
      el('h2', {id: 'h-beside'}, titleOfPart('beside')), el('p', {}, introOf('beside')),
      el('dl', {class: 'counts'}, items.map(([name, win, text]) => {
        const figure = figures.of(name, win) ?? (win === 'own' ? figures.closed(name) : null);
        const reason = figures.because(name, win);
        return el('div', {}, el('dt', {}, text),
            el('dd', {},
                isKnown(figure) ? writeCount(figure[0]) :
                                  el('span', {class: 'none'},
                                      reason ? word('because', reason).label.toLowerCase() : 'unknown')));
      })));
}

// ---- all measures
// ---------------------------------------------------------------------------------------------

const WINDOWS = ['1d', '7d', '28d', '90d'];
const BESIDE = new Set(['completions', 'training_hours', 'trained']);

function details(measure, team, events, read) {
  const body = el('div', {class: 'detail'});
  const beside = measure.see.split(' ').filter(Boolean).map(titleOf).join(', ');
  const open = async () => {
    if (body.firstChild) return;
    const place = el('div', {}, el('p', {class: 'none'}, 'Reading…'));
    body.append(place, el('p', {}, word('claim', measure.claim).sentence,
            ` ${capital(word('better', measure.better).label)}.`),
        el('p', {}, el('strong', {}, 'It cannot show '),
            measure.caution.replace(/^./, (c) => c.toLowerCase()),
            beside && ` Read it beside: ${beside}.`),
        measure.citation && el('p', {class: 'fine'}, `After ${measure.citation}.`));
    try {
      const document = await read(
          `api/v1/history?team=${encodeURIComponent(team.team)}&measure=${encodeURIComponent(measure.name)}`);
      place.replaceChildren(el('p', {class: 'fine'},
                                measure.where === 'own' ? 'On each closed day.' :
                                                          'On each closed day, over the 28 days before.'),
          history(measure, titleOf(measure.name), document.days ?? [], events), legend(events));
    } catch (error) {
      place.replaceChildren(el('p', {class: 'notice'}, error.message));
    }
  };
  return {body, open};
}

function measureRow(measure, team, figures, events, win, read) {
  const figure = figures.of(measure.name, measure.where === 'own' ? 'own' : win);
  const reason = figures.because(measure.name, measure.where === 'own' ? 'own' : win);
  const values = team.weeks?.[measure.name];
  const {body, open} = details(measure, team, events, read);
  return el('details', {
    class: isKnown(figure) ? 'measure' : 'measure unknown',
    'data-measure': measure.name,
    ontoggle: (event) => event.target.open && open()
  },
      el('summary', {},
          el('span', {class: 'what'}, el('strong', {}, titleOf(measure.name)),
              measure.claim !== 'description' && el('small', {class: 'claim'}, measure.claim),
              el('span', {class: 'help'}, measure.says)),
          isKnown(figure) ?
              [
                el('span', {class: 'value'}, el('span', {class: 'figure'}, write(measure, figure[0])),
                    measure.kind === 'estimate' && interval(measure, figure)),
                el('span', {class: 'limits'}, writeLimits(measure, figure))
              ] :
              el('span', {class: 'because'}, unknownText(reason)),
          el('span', {class: 'past'}, values?.some((v) => v !== null) ? weeks(values) : null,
              values ? unseen('; open for its history') : null)),
      body);
}

export function measuresSection(team, figures, events, query, go, read) {
  let win = WINDOWS.includes(query.get('window')) ? query.get('window') : '28d';
  const list = el('div', {class: 'measures'});
  const tabs = el('div', {class: 'windows', role: 'group', 'aria-label': 'Days that measures look at'});
  const fill = () => {
    const listed = allMeasures().filter((m) => m.where !== 'redesign' && !BESIDE.has(m.name));
    const about = figures.window(win);
    list.replaceChildren(el('p', {class: 'fine'}, asOf(about, team).trim()),
        ...allWords('group')
            .map(([name, {label}]) => {
              const group = listed.filter((m) => m.group === name);
              return group.length > 0 &&
                  el('div', {class: 'group'}, el('h3', {}, label),
                      group.map((m) => measureRow(m, team, figures, events, win, read)));
            })
            .filter(Boolean));
    tabs.replaceChildren(...WINDOWS.map((w) => el('button', {
      type: 'button',
      'aria-pressed': String(w === win),
      'data-window': w,
      onclick: () => {
        win = w;
        const address = new URLSearchParams(location.search);
        if (w === '28d')
          address.delete('window');
        else
          address.set('window', w);
        go(`?${address}`);
        fill();
        tabs.querySelector(`[data-window="${w}"]`).focus();
      }
    },
                                            word('window', w).label)));
  };
  fill();
  const known = Object.keys(team.measures ?? {}).length;
  return section('all', titleOfPart('measures'),
      el('p', {},
          `${
              plural(known, 'measure is',
                  'measures are')} known. Each opens to its history, what it cannot show, and what to read beside it.`),
      tabs, list);
}
