// The overview: every team in one table that can be searched, filtered and sorted; the address keeps the
// view.

import {interval, scaleOf, sign, weeks} from './marks.js';
import {el, HEALTH, note, plural, unseen, word, writeDay, writeInterval} from './text.js';

const INDICATORS = ['changed_work', 'traceable', 'reproduces'];
const VERDICTS = ['transformation', 'unfinished', 'theatre', 'insufficient_evidence'];
// The address has no word that the page does not say.
const SHOWN = {
  transformation: 'transformation',
  unfinished: 'unfinished',
  theatre: 'not_visible',
  insufficient_evidence: 'missing'
};
const STATES = ['relapsing', 'stalled', 'growing', 'level', 'emerging', 'no_data'];
const ARROWS = {
  growing: '↗',
  level: '→',
  relapsing: '↘',
  stalled: '■',
  emerging: '·',
  no_data: '○'
};
const healthScale = scaleOf(HEALTH, []);

function teamOf(row) {
  const [team, day, isSuppressed, state, verdict, health, lo, hi, n, limit, changed, traceable, reproduces,
      diagnosis, alarms] = row;
  return {
    team,
    day,
    isSuppressed,
    state,
    verdict,
    health,
    lo,
    hi,
    n,
    limit,
    presence: [changed, traceable, reproduces],
    diagnosis: diagnosis ?? [],
    alarms: alarms ?? [],
    values: null // of 26 weeks, which come later
  };
}

// Of teams that were not there yet when the weeks were read: none.
function weeksOf(row) {
  const [history, skipped, rulesChanged] = row?.slice(15) ?? [];
  const values = new Array(26).fill(null);
  (history ?? []).forEach((value, i) => {
    values[26 - history.length - (skipped ?? 0) + i] = value;
  });
  return {values, rulesChanged};
}

// ---- order and choice ------------------------------------------------------------------------------

const byName = new Intl.Collator('en', {numeric: true, sensitivity: 'base'}).compare;
const last = (value, worst) => (value === null || value === undefined ? worst : value);
const SORTS = {
  attention: {
    label: 'Attention first',
    of: (a, b) => b.alarms.length - a.alarms.length || b.diagnosis.length - a.diagnosis.length ||
        last(a.health, 999) - last(b.health, 999)
  },
  team: {label: 'Team', of: () => 0},
  health: {label: 'Health', of: (a, b) => last(b.health, -1) - last(a.health, -1)},
  verdict: {label: 'Signs', of: (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict)},
  diagnosis: {label: 'In the way', of: (a, b) => b.diagnosis.length - a.diagnosis.length},
  alarms: {label: 'Open alarms', of: (a, b) => b.alarms.length - a.alarms.length},
};

function readView(query) {
  const view = {
    q: query.get('q') ?? '',
    state: query.get('state') ?? '',
    verdict: query.get('verdict') ?? '',
    way: query.get('way') ?? '',
    alarm: query.get('alarm') === '1',
    sort: query.get('sort') ?? 'attention',
    reversed: query.get('order') === 'reversed'
  };
  if (!SORTS[view.sort]) view.sort = 'attention';
  return view;
}

function writeView(view) {
  const query = new URLSearchParams();
  if (view.q) query.set('q', view.q);
  for (const key of ['state', 'verdict', 'way'])
    if (view[key]) query.set(key, view[key]);
  if (view.alarm) query.set('alarm', '1');
  if (view.sort !== 'attention') query.set('sort', view.sort);
  if (view.reversed) query.set('order', 'reversed');
  return `?${query}`;
}

function choose(teams, view) {
  const q = view.q.trim().toLowerCase();
  const chosen = teams.filter((t) => (!q || t.team.toLowerCase().includes(q)) &&
          (!view.state || t.state === view.state) && (!view.verdict || SHOWN[t.verdict] === view.verdict) &&
          (!view.way || t.diagnosis.includes(view.way)) && (!view.alarm || t.alarms.length > 0));
  const direction = view.reversed ? -1 : 1;
  return chosen.sort((a, b) => direction * (SORTS[view.sort].of(a, b) || byName(a.team, b.team)));
}

// ---- a row -------------------------------------------------------------------------------------------

const cell = (name, label, ...children) =>
    el('td', {class: name, role: 'cell', 'data-label': label}, children);

function healthCell(t) {
  if (t.isSuppressed)
    return cell('health', 'Health', el('span', {class: 'none'}, 'held back'),
        unseen(`. ${word('because', 'suppressed').sentence}`));
  if (t.health === null)
    return cell('health', 'Health', el('span', {class: 'none'}, 'unknown'),
        interval(HEALTH, null, {scale: healthScale}));
  return cell('health', 'Health', el('span', {class: 'figure'}, Math.round(t.health)),
      interval(HEALTH, [t.health, t.lo, t.hi], {scale: healthScale}),
      el('span', {class: 'limits'}, writeInterval(HEALTH, t.lo, t.hi)));
}

// Which of the three signs the verdict hangs on.
export function signsText(verdict, presence) {
  const listed = (wanted) => INDICATORS.filter((_, i) => presence[i] === wanted)
                                 .map((name) => word('indicator', name).label.toLowerCase())
                                 .join(', ');
  if (verdict === 'theatre') return listed('absent');
  if (verdict === 'insufficient_evidence') return listed('unknown');
  return '';
}

function signsCell(t) {
  if (t.isSuppressed || !t.verdict)
    return cell('signs', 'Signs', el('span', {class: 'none'}, t.isSuppressed ? 'held back' : 'unknown'));
  const detail = signsText(t.verdict, t.presence);
  return cell('signs', 'Signs', el('span', {class: 'discs'}, t.presence.map((presence) => sign(presence))),
      el('span', {class: 'verdict'}, word('verdict', t.verdict).label,
          detail && [unseen(': '), el('small', {}, detail)]));
}

// Says what the line will show, and has it drawn when it comes into view: 2,000 of them would take a second.
function prepareLine(node) {
  if (node.team.values === null || node.isPrepared) return;
  node.isPrepared = true;
  const known = node.team.values.filter((value) => value !== null);
  node.append(unseen(known.length === 0 ? 'no history' :
                                          `from ${known[0]} to ${known[known.length - 1]} in 26 weeks`));
}

function rowOf(t) {
  const line = cell('past', '26 weeks');
  line.team = t;
  return el('tr', {role: 'row'},
      el('th', {scope: 'row', role: 'rowheader', class: 'name'},
          el('a', {href: `?team=${encodeURIComponent(t.team)}`, 'data-go': true}, t.team),
          el('span', {class: 'state'}, el('span', {'aria-hidden': 'true'}, ARROWS[t.state] ?? ''),
              ` ${
                  t.state            ? word('state', t.state).label :
                      t.isSuppressed ? 'held back' :
                                       ''}`)),
      healthCell(t), line, signsCell(t),
      cell('way', 'In the way',
          t.diagnosis.length ?
              t.diagnosis.map((d) => el('span', {class: 'tag'}, word('diagnosis', d).label)) :
              el('span', {class: 'none'}, '–', unseen('nothing known'))),
      cell('alarms', 'Open alarms',
          t.alarms.length ?
              t.alarms.map((a) => el('span', {class: 'alarm'}, el('span', {'aria-hidden': 'true'}, '▲ '),
                               word('alarm', a).label)) :
              el('span', {class: 'none'}, '–', unseen('none'))));
}

function drawLine(node) {
  if (node.drawn || !node.isPrepared) return;
  node.drawn = true;
  node.append(weeks(node.team.values, {height: 34, range: [0, 100], rulesChanged: node.team.rulesChanged}));
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    drawLine(entry.target);
    watcher.unobserve(entry.target);
  }
}, {rootMargin: '600px'});
window.addEventListener('beforeprint', () => document.querySelectorAll('td.past').forEach(drawLine));

// ---- the whole -----------------------------------------------------------------------------------------

function select(label, value, choices, change) {
  const id = `choose-${label.replace(/\W/g, '')}`;
  return el('div', {class: 'choice'}, el('label', { for: id
  }, label), el('select', {id, onchange: (event) => change(event.target.value)}, choices.map(([key,
    text]) => el('option', {value: key, selected: key === value}, text))));
}

function headOf(view, update) {
  const columns = [
    ['team', 'Team'], ['health', 'Health'], [null, '26 weeks'], ['verdict', 'Signs'],
    ['diagnosis', 'In the way'], ['alarms', 'Open alarms']
  ];
  return el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, columns.map(([sort, label]) => {
    if (!sort) return el('th', {scope: 'col', role: 'columnheader'}, label);
    const isOn = view.sort === sort;
    return el('th', {
      scope: 'col',
      role: 'columnheader',
      'aria-sort': isOn ? (view.reversed ? 'descending' : 'ascending') : 'none'
    },
        el('button', {
          type: 'button',
          onclick: () => update({sort, reversed: isOn && !view.reversed}, `th button[data-sort=${sort}]`),
          'data-sort': sort
        },
            label,
            el('span', {class: 'arrow', 'aria-hidden': 'true'}, isOn ? (view.reversed ? ' ↑' : ' ↓') : '')));
  })));
}

function tiles(teams, view, update) {
  const count = (holds) => teams.filter(holds).length;
  const tile = (key, isOn, n, label, note, change) => el('button', {
    type: 'button',
    class: `tile ${key}`,
    'aria-pressed': String(isOn),
    'data-tile': key,
    onclick: () => update(change, `[data-tile=${key}]`)
  },
      el('span', {class: 'number'}, n), el('span', {class: 'what'}, label),
      el('span', {class: 'note'}, note));
  const notes = {
    transformation: 'all three signs, nothing in the way',
    unfinished: 'all three signs, something in the way',
    theatre: 'at least one sign shown to be absent',
    insufficient_evidence: 'at least one sign unknown'
  };
  return el('div', {class: 'tiles', role: 'group', 'aria-label': 'Show only'}, VERDICTS.map((verdict) => {
    const key = SHOWN[verdict];
    return tile(key, view.verdict === key, count((t) => t.verdict === verdict),
        word('verdict', verdict).label, notes[verdict], {verdict: view.verdict === key ? '' : key});
  }),
      tile('alarm', view.alarm, count((t) => t.alarms.length > 0), 'Open alarms', 'teams with at least one',
          {alarm: !view.alarm}));
}

// Shows the overview in `root`; go(address) changes the address without a new entry in the history. Returns what takes the
// same document with weeks, which is most of it and comes later.
export function showOverview(root, query, data, go, announce) {
  const teams = data.teams.map(teamOf);
  let view = readView(query);
  const body = el('tbody', {role: 'rowgroup'});
  const rows = new Map();
  const count = el('p', {class: 'count'});
  const frame = el('div', {});

  const prepareLines = () => {
    for (const line of body.querySelectorAll('td.past')) {
      prepareLine(line);
      if (line.isPrepared && !line.drawn) watcher.observe(line);
    }
  };
  const fill = () => {
    const chosen = choose(teams, view);
    body.replaceChildren(...chosen.map((t) => {
      if (!rows.has(t.team)) rows.set(t.team, rowOf(t));
      return rows.get(t.team);
    }));
    prepareLines();
    const text = chosen.length === teams.length ?
        plural(teams.length, 'team', 'teams') :
        `${chosen.length} of ${plural(teams.length, 'team', 'teams')}`;
    count.textContent = chosen.length ?
        text :
        `No team fits. ${plural(teams.length, 'team is', 'teams are')} hidden by the search or a filter.`;
    announce(count.textContent);
  };
  const draw = () => {
    const states =
        STATES.filter((s) => teams.some((t) => t.state === s)).map((s) => [s, word('state', s).label]);
    const ways = [...new Set(teams.flatMap((t) => t.diagnosis))]
                     .map((d) => [d, word('diagnosis', d).label])
                     .sort((a, b) => byName(a[1], b[1]));
    const isFiltered = view.q || view.state || view.verdict || view.way || view.alarm;
    frame.replaceChildren(tiles(teams, view, update),
        el('div', {class: 'controls', role: 'search'},
            el('div', {class: 'choice wide'},
                el('label',
                    { for: 'search'
                    },
                    'Search teams'),
                el('input', {
                  id: 'search',
                  type: 'search',
                  value: view.q,
                  autocomplete: 'off',
                  spellcheck: 'false',
                  oninput: (event) => update({q: event.target.value})
                })),
            select(
                'State', view.state, [['', 'any'], ...states], (state) => update({state}, '#choose-State')),
            select('In the way', view.way, [['', 'anything'], ...ways],
                (way) => update({way}, '#choose-Intheway')),
            select('Sort by', view.sort, Object.entries(SORTS).map(([key, s]) => [key, s.label]),
                (sort) => update({sort, reversed: false}, '#choose-Sortby')),
            isFiltered &&
                el('button', {
                  type: 'button',
                  class: 'quiet',
                  onclick: () => update({q: '', state: '', verdict: '', way: '', alarm: false}, '#search')
                },
                    'Show all')),
        count,
        el('table', {class: 'teams', role: 'table'}, el('caption', {class: 'unseen'}, 'All teams'),
            headOf(view, update), body));
  };
  function update(change, focus) {
    view = {...view, ...change};
    go(writeView(view));
    if (!('q' in change) || focus) draw();
    fill();
    if (focus) root.querySelector(focus)?.focus();
  }

  root.replaceChildren(el('h1', {tabindex: '-1'}, 'Teams'),
      el('p', {class: 'lead'},
          teams.length === 0 ?
              note('nothing_closed') :
              `As of the close of ${
                  writeDay(
                      data.as_of)}. The bar is the 95 % interval of health, the tick within it the estimate.`),
      frame);
  if (teams.length > 0) {
    draw();
    fill();
  }
  return (withWeeks) => {
    const rowOfTeam = new Map(withWeeks.teams.map((row) => [row[0], row]));
    for (const t of teams) Object.assign(t, weeksOf(rowOfTeam.get(t.team)));
    prepareLines();
  };
}
