/**
 * Visitors of mythical-server, played by k6: each looks at beasts of one kind, adds some, removes them, and thinks in
 * between. It is a load that never ends more than a test that someone waits for; its thresholds tell at the end (or
 * with Ctrl-C) whether the server kept its promises.
 *
 *   k6 run k6/mythical-loadtest.js                              against http://localhost:4000, for an hour
 *   K6_VUS=10 K6_DURATION=30s k6 run k6/mythical-loadtest.js    ten visitors, half a minute
 *
 * | variable              | default               | what it does                                              |
 * |-----------------------|-----------------------|-----------------------------------------------------------|
 * | `MYTHICAL_SERVER_URL` | http://localhost:4000 | the server                                                |
 * | `ENDPOINT_TYPE`       | MYTHICAL              | `BORING` for the plain words, as the server must have it  |
 * | `THINK_TIME`          | 1                     | seconds between two requests of a visitor, on average     |
 * | `TESTID`              | mythical-loadtest     | the label `testid` of all metrics                         |
 * | `K6_VUS`              | 4                     | k6's own: visitors at the same time                       |
 * | `K6_DURATION`         | 1h                    | k6's own: how long, as in 90s, 15m, 24h                   |
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

const BORING = __ENV.ENDPOINT_TYPE === 'BORING';
const KINDS = BORING
  ? ['login', 'payment', 'account', 'cart', 'health']
  : ['unicorn', 'manticore', 'illithid', 'owlbear', 'beholder'];
/** The tag that carries the kind: the same word as the label of the server's own metrics. */
const KIND_TAG = BORING ? 'endpoint' : 'beast';

const SERVER_URL = (__ENV.MYTHICAL_SERVER_URL || 'http://localhost:4000').replace(/\/+$/, '');
const THINK_TIME_S = Number(__ENV.THINK_TIME || 1);
const STEPS_IN_A_VISIT = 6;
/** How long a visitor stays away from a server that does not answer at all. */
const DOWN_PAUSE_S = 5;

/** What is a good answer. */
const CHECKS = {
  GET: { 'GET answers 200, with a list': ({ status, body }) => status === 200 && body.startsWith('[') },
  // 409 says that there is one of this name: no failure of the server, only of luck.
  POST: { 'POST answers 201, or 409': ({ status }) => status === 201 || status === 409 },
  DELETE: { 'DELETE answers 204': ({ status }) => status === 204 },
};

/** What visitors do, and how often in relation to each other. */
const STEPS = [
  { weight: 5, take: look },
  { weight: 3, take: add },
  { weight: 2, take: remove },
];

export const options = {
  // Not `scenarios`, and not `stages`: K6_VUS does nothing to scenarios in k6 1.x, and replaces them by one iteration
  // per visitor in k6 2.x; K6_DURATION discards both in either. Of these two, each variable changes just the one.
  vus: 4,
  duration: '1h',

  // Thresholds never abort the run (no `abortOnFail`): a load that stops when a fault is switched on would take the
  // graphs away just when they get interesting. They hold on a healthy sandbox, with room for chance:
  thresholds: {
    // The rest is for scenarios: a minute of error-burst, which fails half of all requests, is 0.8 % of an hour.
    'checks{method:GET}': ['rate>0.95'],
    'checks{method:DELETE}': ['rate>0.95'],
    // About 10 % of POSTs fail on purpose, unless the server has ALWAYS_SUCCEED=true.
    'checks{method:POST}': ['rate>0.80'],
    // By kind, so that one that is broken is not hidden by four that are well. Three of ten checks are of POSTs.
    ...Object.fromEntries(KINDS.map((kind) => [`checks{${KIND_TAG}:${kind}}`, ['rate>0.85']])),
    // Answers to requests that failed are left out: a refused connection is a quick answer, but not a good one.
    'http_req_duration{expected_response:true}': ['p(95)<1000'],
  },

  // Labels of all metrics in Mimir. The first three are what every metric of the sandbox is found by.
  tags: {
    job: 'k6',
    service_name: 'k6',
    group: 'infrastructure',
    testid: __ENV.TESTID || 'mythical-loadtest',
  },
  // Only tags of few values become labels. Left out are k6's `error`, a text that may have port numbers in it
  // (`error_code` says the same), its `group`, whose place is taken above, and those that never differ here.
  systemTags: ['name', 'url', 'method', 'status', 'expected_response', 'error_code', 'check', 'scenario'],

  // A recreated container has a new address. By default k6 would use the old one for five minutes.
  dns: { ttl: '5s' },
};

/** Once, before all visits. Every name that this run adds begins with the prefix, so that `teardown` can find it. */
export function setup() {
  return { prefix: `k6${Date.now().toString(36)}${randomHex(2)}` };
}

/** One visit, of one visitor, to one kind of beast. Afterwards all is as it was before. */
export default function visit({ prefix }) {
  const visitor = {
    kind: KINDS[exec.scenario.iterationInTest % KINDS.length],
    namePrefix: `${prefix}v${exec.vu.idInTest}i${exec.vu.iterationInInstance}n`,
    names: 0,
    added: [],
  };
  for (let step = 0; step < STEPS_IN_A_VISIT; step++) {
    const { status } = pickStep()(visitor);
    if (status === 0) return sleep(DOWN_PAUSE_S * (0.5 + Math.random()));
    sleep(THINK_TIME_S * (0.5 + Math.random()));
  }
  for (const _ of [...visitor.added]) remove(visitor);
}

/**
 * Once, after all visits, however the run came to its end: removes what was left behind by visits that were cut short,
 * and by answers that never came.
 */
export function teardown({ prefix }) {
  for (const kind of KINDS) {
    let path = `/${kind}?limit=1000&after=${prefix}`;
    while (path !== undefined) {
      const { response } = request('GET', kind, path);
      if (response.status !== 200) {
        console.warn(`beasts of the kind ${kind} may be left behind, with names that begin with ${prefix}`);
        break;
      }
      const names = response.json().map(({ name }) => name);
      const ours = names.filter((name) => name.startsWith(prefix));
      for (const name of ours) request('DELETE', kind, `/${kind}`, { name });
      // Names come in their order, so a page without one of ours is the end of ours.
      path = ours.length > 0 ? nextPage(response) : undefined;
    }
  }
}

function look({ kind }) {
  return checked('GET', kind);
}

function add(visitor) {
  const name = newName(visitor);
  const response = checked('POST', visitor.kind, { name });
  if (response.status === 201) visitor.added.push(name);
  return response;
}

/** Removes the visitor's oldest beast; one that never was, where there is none, which the server takes as well. */
function remove(visitor) {
  const name = visitor.added.shift() ?? newName(visitor);
  return checked('DELETE', visitor.kind, { name });
}

/** A request whose answer is checked. The checks carry method and kind, which the thresholds ask for. */
function checked(method, kind, body) {
  const { response, traceId } = request(method, kind, `/${kind}`, body);
  const passed = check(response, CHECKS[method], { method, [KIND_TAG]: kind });
  // Without an answer there is no trace to look at, and k6 itself has logged why.
  if (!passed && response.status !== 0) {
    console.warn(`${method} ${kind} answered ${response.status} traceID=${traceId}`);
  }
  return response;
}

function request(method, kind, path, body) {
  const { traceId, traceparent } = newTrace();
  const response = http.request(method, SERVER_URL + path, body && JSON.stringify(body), {
    headers: { 'content-type': 'application/json', traceparent },
    // The route, not the path: one name for all kinds, as in the server's spans. The kind has its own tag.
    tags: { name: '/:beast', [KIND_TAG]: kind },
    responseCallback: http.expectedStatuses({ min: 200, max: 299 }, 409),
  });
  return { response, traceId };
}

/**
 * The trace that the server is to record the request in, as the W3C has it: https://www.w3.org/TR/trace-context.
 * By hand, because k6's library for it is loaded from the Internet, and the sandbox runs without.
 */
function newTrace() {
  const traceId = randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-01` };
}

function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function pickStep() {
  let rest = Math.random() * STEPS.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, take } of STEPS) {
    rest -= weight;
    if (rest < 0) return take;
  }
  return STEPS[0].take;
}

/** Only letters and digits, so that every collation of Postgres keeps the names of a run together. */
function newName(visitor) {
  return visitor.namePrefix + visitor.names++;
}

/** The path of `Link: </unicorn?limit=…&after=…>; rel="next"`. */
function nextPage(response) {
  return /<([^>]+)>; rel="next"/.exec(response.headers.Link ?? '')?.[1];
}
