'use strict';

// Asks for the state every three seconds while the page is looked at, and redraws what changed.
const interval = 3000;
const shown = new Map();
let state = null, paused = false, chosen = location.hash.startsWith('#trace=') ? location.hash.slice(7) : null, chosenSpans = -1;

const $ = id => document.getElementById(id);

// Text is only ever set as text: nothing that was received becomes markup.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') element.addEventListener('click', value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

const svg = (tag, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const number = (value, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const count = (n, what) => `${number(n)} ${what}${n === 1 ? '' : 's'}`;
const ms = value => value === null || value === undefined ? '–' : value < 10 ? `${number(value, 1)} ms` : value < 1000 ? `${number(value)} ms` : value < 60000 ? `${number(value / 1000, 1)} s` : `${number(value / 60000, 1)} min`;
const seconds = value => value === null || value === undefined ? '–' : ms(value * 1000);
const time = at => new Date(at).toLocaleTimeString('en-GB');
const megabytes = bytes => `${number(bytes / 1e6)} MB`;
const tag = (kind, text) => h('span', { class: `tag ${kind}` }, text);
const short = type => type.slice(type.lastIndexOf('.') + 1);
const attributes = series => Object.fromEntries(series.attributes.split(', ').filter(pair => pair).map(pair => pair.split(/=(.*)/s)));

function table(headings, rows, empty) {
  if (rows.length === 0) return h('p', { class: 'quiet' }, empty);
  return h('table', null,
    h('thead', null, h('tr', null, ...headings.map(heading => h('th', { scope: 'col', class: heading.startsWith('>') ? 'number' : null }, heading.replace(/^>/, ''))))),
    h('tbody', null, ...rows));
}
const row = (cells, more) => h('tr', more, ...cells.map(cell => cell instanceof Element && cell.tagName === 'TD' ? cell : h('td', null, cell ?? '')));
const right = text => h('td', { class: 'number' }, text ?? '');
const wide = text => h('td', { class: 'wide' }, text ?? '');

// Replaces what an element holds, when the data differ from the last time; the focus stays where it was.
function draw(id, data, make) {
  const key = JSON.stringify(data);
  if (shown.get(id) === key) return;
  shown.set(id, key);
  const place = document.querySelector(id), focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null, top = place.scrollTop;
  place.replaceChildren(...[make()].flat());
  place.scrollTop = top;
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function sparkline(points, label) {
  const values = points.map(point => point ?? 0), most = Math.max(...values, 1e-9), element = svg('svg', { class: 'spark', viewBox: '0 0 59 26', preserveAspectRatio: 'none', role: 'img', 'aria-label': label });
  element.append(svg('line', { x1: 0, y1: 25.5, x2: 59, y2: 25.5 }));
  element.append(svg('path', { d: values.map((value, i) => `${i ? 'L' : 'M'}${i} ${(24.5 - 23 * value / most).toFixed(2)}`).join('') }));
  return element;
}

const sum = values => values.reduce((a, b) => a + b, 0);
const find = name => state.metrics.find(metric => metric.name === name)?.series ?? [];
const add = series => series.length === 0 ? [] : series[0].points.map((_, i) => sum(series.map(s => s.points[i] ?? 0)));
const worst = (series, of) => series.reduce((most, s) => Math.max(most, s[of] ?? 0), 0);

function card(title, value, more, points, kind) {
  return h('div', { class: `card ${kind ?? ''}` }, h('h3', null, title), h('p', { class: 'value' }, value), h('p', { class: 'more' }, more),
    points.length ? sparkline(points, `${title}, ten minutes`) : null);
}

function cards() {
  const runs = find('function_duration_seconds'), http = runs.filter(s => attributes(s).trigger === 'http'), all = sum(http.map(s => s.count));
  const failed = runs.filter(s => attributes(s).outcome === 'failed'), broken = sum(failed.map(s => s.count));
  const feed = find('feed_generation_duration_seconds'), ranker = find('recommendation_service_latency_seconds'), asked = sum(ranker.map(s => s.count));
  const answered = sum(ranker.filter(s => attributes(s).outcome === 'answered').map(s => s.count));
  const database = find('db_query_duration_seconds'), units = find('db_request_units_total'), processing = find('video_processing_duration_seconds');
  const published = find('videos_published_total'), given = find('video_processing_failures_total'), watches = find('video_watches_total');
  const whole = sum(watches.filter(s => attributes(s).completed.toLowerCase() === 'true').map(s => s.total)), watched = sum(watches.map(s => s.total));
  const rate = n => `${number(n / 10, 1)} / min`;
  return [
    card('Requests', rate(all), `${number(all)} in ten minutes`, add(http)),
    card('Failed executions', number(broken), broken ? [...new Set(failed.map(s => attributes(s).function))].join(', ') : 'none', add(failed), broken ? 'error' : null),
    card('Feed, slowest p95', feed.length ? seconds(worst(feed, 'p95')) : '–', count(sum(feed.map(s => s.count)), 'page'), add(feed), worst(feed, 'p95') > 0.5 ? 'warning' : null),
    card('Ranker answered', asked ? `${number(100 * answered / asked)} %` : '–', `${count(asked, 'request')}, p95 ${seconds(ranker.find(s => attributes(s).outcome === 'answered')?.p95)}`, add(ranker), asked && answered / asked < 0.9 ? 'warning' : null),
    card('Database', rate(sum(database.map(s => s.count))), `${number(sum(units.map(s => s.total)))} RU, slowest p95 ${seconds(worst(database, 'p95'))}`, add(database)),
    card('Upload to playing, p95', processing.length ? seconds(worst(processing, 'p95')) : '–', `${number(sum(published.map(s => s.total)))} published, ${number(sum(given.map(s => s.total)))} given up`, add(processing), given.length ? 'warning' : null),
    card('Watches', rate(watched), watched ? `${number(100 * whole / watched)} % to the end` : 'none', add(watches)),
  ];
}

function parts() {
  const rows = state.parts.map(({ service, usage }) => row([
    h('td', { class: 'nowrap strong' }, service.name),
    tag(service.state === 'running' ? 'good' : service.state === 'restarting' || service.state === 'failed' ? 'error' : 'warning', service.state),
    right(usage ? megabytes(usage.residentBytes) : ''), right(usage ? `${number(usage.cpuPercent, 1)} %` : ''),
    h('td', { class: `number ${service.restarts ? 'strong error-text' : ''}` }, service.restarts || ''), wide(service.lastError ?? service.address ?? ''),
  ]));
  const memory = sum(state.parts.map(p => p.usage?.residentBytes ?? 0)), cpu = sum(state.parts.map(p => p.usage?.cpuPercent ?? 0));
  rows.push(row([h('td', { class: 'quiet' }, 'all'), '', right(megabytes(memory)), right(`${number(cpu, 1)} %`), '', '']));
  return table(['part', 'state', '>memory', '>cpu', '>restarts', 'last error, or address'], rows, '');
}

function queues() {
  return table(['queue', '>messages', '>given up'], state.queues.map(queue => row([
    queue.name, h('td', { class: `number ${queue.depth ? 'strong' : 'quiet'}` }, number(queue.depth)), h('td', { class: `number ${queue.poison ? 'strong error-text' : 'quiet'}` }, number(queue.poison)),
  ])), 'No queues.');
}

function dependencies() {
  return table(['dependency', 'state', '>latency'], state.dependencies.map(d => row([d.name, tag(d.healthy ? 'good' : 'error', d.healthy ? 'healthy' : 'unhealthy'), right(ms(d.latencyMs))])), '');
}

function failures() {
  return table(['time', 'where', 'what', 'says', 'trace'], state.failures.map(f => row([
    h('td', { class: 'nowrap' }, time(f.at)), h('td', { class: 'nowrap' }, `${f.service}: ${f.name}`), h('td', { class: 'nowrap strong error-text' }, f.type ? short(f.type) : 'failed'), wide(f.message.split('\n')[0].slice(0, 300)),
    h('button', { type: 'button', class: 'link', 'data-key': `f${f.traceId}`, on: () => choose(f.traceId, true) }, f.traceId.slice(0, 8)),
  ])), 'Nothing has failed.');
}

function traces() {
  const wanted = $('find').value.trim().toLowerCase(), failed = $('failed-only').checked;
  const found = state.traces.filter(t => (!failed || t.error) && `${t.id} ${t.name} ${t.services.join(' ')} ${t.error ?? ''}`.toLowerCase().includes(wanted));
  if ($('slowest').checked) found.sort((a, b) => b.milliseconds - a.milliseconds);
  return table(['time', 'trace', '>took', '>spans'], found.map(t => row([
    h('td', { class: 'nowrap' }, time(t.start)),
    h('td', { class: 'wide' }, h('button', { type: 'button', class: 'link', 'data-key': t.id, on: () => choose(t.id) }, t.name), ' ', t.error ? tag('error', 'failed') : null, h('div', { class: 'quiet' }, t.error ?? t.services.join(' → '))),
    right(ms(t.milliseconds)), right(number(t.spans)),
  ], { 'aria-selected': t.id === chosen ? 'true' : 'false' })), state.traces.length ? 'No trace is like that.' : 'No traces yet.');
}

function functions() {
  const byName = new Map();
  for (const series of find('function_duration_seconds')) {
    const { function: name, trigger, outcome } = attributes(series), entry = byName.get(name) ?? { name, trigger, count: 0, refused: 0, failed: 0, p50: null, p95: null, p99: null, points: null };
    entry.count += series.count;
    if (outcome !== 'ok') entry[outcome] += series.count;
    if (entry.p95 === null || outcome === 'ok') Object.assign(entry, { p50: series.p50, p95: series.p95, p99: series.p99 });
    entry.points = entry.points ? entry.points.map((p, i) => p + (series.points[i] ?? 0)) : series.points.map(p => p ?? 0);
    byName.set(name, entry);
  }
  return table(['function', 'trigger', '>executions', '>refused', '>failed', '>p50', '>p95', '>p99', 'ten minutes'], [...byName.values()].sort((a, b) => b.count - a.count).map(f => row([
    f.name, f.trigger, right(number(f.count)), right(f.refused || ''), h('td', { class: `number ${f.failed ? 'strong error-text' : ''}` }, f.failed || ''), right(seconds(f.p50)), right(seconds(f.p95)), right(seconds(f.p99)),
    h('td', null, sparkline(f.points, `${f.name}, executions in ten minutes`)),
  ])), 'No function has run in the last ten minutes.');
}

function everything() {
  const rows = state.metrics.flatMap(metric => metric.series.map(series => row([
    h('td', { class: 'nowrap' }, metric.name), wide(series.attributes), h('td', { class: 'nowrap' }, metric.unit),
    right(metric.kind === 'histogram' ? number(series.count) : number(series.total, Number.isInteger(series.total) ? 0 : 1)),
    right(metric.kind !== 'histogram' ? '' : metric.unit === 's' ? seconds(series.p50) : number(series.p50 ?? 0, 2)), right(metric.kind !== 'histogram' ? '' : metric.unit === 's' ? seconds(series.p95) : number(series.p95 ?? 0, 2)),
  ])));
  return table(['metric', 'attributes', 'unit', '>count or value', '>p50', '>p95'], rows, 'Nothing was measured in the last ten minutes.');
}

async function choose(id, move) {
  chosen = id;
  chosenSpans = -1;
  history.replaceState(null, '', `#trace=${id}`);
  shown.delete('#trace-list');
  draw('#trace-list', null, traces);
  await loadTrace();
  if (move) $('traces').scrollIntoView();
}

async function loadTrace() {
  const summary = state.traces.find(t => t.id === chosen);
  if (!chosen || (summary && summary.spans === chosenSpans)) return;
  const response = await fetch(`api/traces/${chosen}`);
  if (!response.ok) {
    $('trace').replaceChildren(h('p', { class: 'quiet' }, 'This trace is no longer remembered: newer ones took its place.'));
    return;
  }
  const spans = await response.json();
  chosenSpans = spans.length;
  $('trace').replaceChildren(...waterfall(spans));
}

function waterfall(spans) {
  const ids = new Set(spans.map(s => s.spanId)), children = new Map(), start = Math.min(...spans.map(s => s.start)), end = Math.max(...spans.map(s => s.end)), whole = Math.max(end - start, 1);
  for (const span of spans) {
    const parent = ids.has(span.parentId) && span.parentId !== span.spanId ? span.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const items = [], seen = new Set();
  const walk = (parent, depth) => {
    for (const span of children.get(parent) ?? []) {
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      items.push(item(span, depth));
      walk(span.spanId, depth + 1);
    }
  };
  const item = (span, depth) => {
    const name = h('span', { class: `name ${span.failed ? 'failed-name' : ''}`, title: span.name }, span.failed ? `✕ ${span.name}` : span.name), bar = h('span', { class: `span ${span.service} ${span.failed ? 'failed' : ''}` });
    name.style.paddingLeft = `${Math.min(depth, 12) * 0.9}rem`;
    bar.style.left = `${100 * (span.start - start) / whole}%`;
    bar.style.width = `${Math.max(0.2, 100 * (span.end - span.start) / whole)}%`;
    return h('li', null, h('details', null,
      h('summary', null, name, h('span', { class: 'lane' }, bar), h('span', { class: 'number' }, ms(span.milliseconds))),
      h('dl', null, ...[['service', span.service], ['kind', span.kind], ['began after', ms((span.start - start) / 1e6)], ...(span.message ? [['status', span.message]] : []), ...span.attributes.map(a => [a.key, a.value]),
        ...(span.exception ? [['exception', `${span.exception.type}: ${span.exception.message}`]] : [])].flatMap(([key, value]) => [h('dt', null, key), h('dd', null, value)]),
        ...span.links.flatMap(link => [h('dt', null, 'linked to'), h('dd', null, h('button', { type: 'button', class: 'link', on: () => choose(link, true) }, link))])),
      span.exception?.stack ? h('pre', null, span.exception.stack) : null));
  };
  walk(null, 0);
  const services = [...new Set(spans.map(s => s.service))];
  return [
    h('h3', null, spans[0].name), h('p', { class: 'quiet legend' }, `${ms(whole / 1e6)}, ${count(spans.length, 'span')}`, ...services.map(service => h('span', null, h('i', { class: service }), service)), h('span', null, spans[0].traceId)),
    h('ol', { class: 'waterfall' }, ...items),
  ];
}

function verdict() {
  const errors = state.problems.filter(p => p.severity === 'error').length, all = state.problems.length, element = $('verdict');
  element.className = `verdict ${errors ? 'error' : all ? 'warning' : 'good'}`;
  const text = all ? count(all, 'problem') : 'All well';
  if (element.textContent !== text) element.textContent = text;
  document.title = `${all ? `(${all}) ` : ''}TikTok.sln on this machine`;
  $('problems').hidden = all === 0;
  draw('#problems ul', state.problems, () => state.problems.map(p => h('li', null, tag(p.severity, p.severity), h('a', { href: `#${p.where}` }, p.text))));
}

function show() {
  verdict();
  $('updated').textContent = time(state.at);
  draw('#metrics .cards', state.metrics, cards);
  draw('#parts .scroll', state.parts, parts);
  draw('#queues .scroll', state.queues, queues);
  draw('#dependencies .scroll', state.dependencies, dependencies);
  draw('#failures .scroll', state.failures, failures);
  draw('#trace-list', [state.traces, chosen, $('find').value, $('failed-only').checked, $('slowest').checked], traces);
  draw('#functions .scroll', state.metrics, functions);
  draw('#all .scroll', state.metrics, everything);
  draw('#events ol', state.events, () => state.events.map(line => h('li', null, line)));
}

async function refresh() {
  if (paused || document.hidden) return;
  try {
    const response = await fetch('api/state');
    if (!response.ok) throw new Error(String(response.status));
    state = await response.json();
    show();
    await loadTrace();
  } catch {
    $('verdict').className = 'verdict error';
    $('verdict').textContent = 'local/up does not answer';
  }
}

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', String(paused));
  $('pause').textContent = paused ? 'Go on' : 'Pause';
  refresh();
});
for (const id of ['find', 'failed-only', 'slowest']) $(id).addEventListener('input', () => state && show());
document.addEventListener('visibilitychange', refresh);
window.addEventListener('hashchange', () => location.hash.startsWith('#trace=') && location.hash.slice(7) !== chosen && choose(location.hash.slice(7)));
setInterval(refresh, interval);
refresh();
