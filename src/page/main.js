// Which page the address asks for: the overview, or one team (?team=NAME). Reads it, shows it, keeps the way
// back.

import {showOverview} from './overview.js';
import {showTeam} from './team.js';
import {el, note, setGlossary} from './text.js';

const root = document.querySelector('#content');
const said = document.querySelector('#said');
const FRESH_MS = 30000;
const kept = new Map();
let turn = 0;
let hasGlossary = null;

async function read(address) {
  const known = kept.get(address);
  if (known && Date.now() - known.at < FRESH_MS) return known.document;
  const response = await fetch(address, {headers: {accept: 'application/json'}});
  const document = await response.json().catch(() => ({error: 'The answer could not be read.'}));
  if (!response.ok) {
    const error = new Error(document.error ?? 'This could not be read.');
    error.passes = response.status === 503;
    throw error;
  }
  kept.set(address, {at: Date.now(), document});
  return document;
}

let saying = 0;
function announce(text) {
  clearTimeout(saying);
  saying = setTimeout(() => {
    said.textContent = text;
  }, 400);
}

function go(address) { history.replaceState(history.state, '', address); }

// What passes by itself is tried again by itself.
function showError(error) {
  const text = error instanceof TypeError ? 'The daemon does not answer.' : error.message;
  const mine = turn;
  if (error.passes || error instanceof TypeError)
    setTimeout(() => {
      if (mine === turn) show(false);
    }, 5000);
  root.replaceChildren(el('h1', {tabindex: '-1'}, 'Not now'),
      el('div', {class: 'notice', role: 'alert'}, el('p', {}, text),
          el('button', {type: 'button', onclick: () => show(false)}, 'Try again'), ' ',
          el('a', {href: '?', 'data-go': true}, 'All teams')));
}

// Lines of weeks are beside what the overview says: without them it stands as it is.
async function addWeeks(mine, add) {
  const document_ = await read('api/v1/teams?weeks=yes').catch(() => null);
  if (document_ && mine === turn) add(document_);
}

async function show(isNew) {
  const mine = ++turn;
  const query = new URLSearchParams(location.search);
  const team = query.get('team');
  const address = team === null ? 'api/v1/teams' : `api/v1/team?team=${encodeURIComponent(team)}`;
  try {
    hasGlossary ??= read('api/v1/glossary').then(setGlossary);
    const [document_] = await Promise.all([read(address), hasGlossary]);
    if (mine !== turn) return;
    document.querySelector('#about').textContent = note('about_all');
    document.title = team === null ? 'uptake' : `${team} – uptake`;
    root.dataset.page = team === null ? 'overview' : 'team';
    if (team === null)
      addWeeks(mine, showOverview(root, query, document_, go, announce));
    else
      showTeam(root, query, document_, go, read);
  } catch (error) {
    if (mine !== turn) return;
    hasGlossary = null;
    document.title = 'uptake';
    showError(error);
  }
  if (isNew) root.querySelector('h1')?.focus({preventScroll: true});
  const top = isNew ? 0 : history.state?.top ?? 0;
  if (isNew || top > 0) window.scrollTo(0, top);
}

history.scrollRestoration = 'manual';
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-go]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.replaceState({top: window.scrollY}, '');
  history.pushState({from: true}, '', link.getAttribute('href'));
  show(true);
});
window.addEventListener('popstate', () => show(false));
show(false);
