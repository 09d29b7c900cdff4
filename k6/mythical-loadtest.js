/**
 * k6 load on mythical-server: each virtual user lists beasts of one kind, adds some, deletes them, and pauses in between.
 * The load is continuous; the thresholds are reported at the end of a run, or after Ctrl-C.
 *
 *   k6 run k6/mythical-loadtest.js                              against http://localhost:4000, for an hour
 *   K6_VUS=10 K6_DURATION=30s k6 run k6/mythical-loadtest.js    ten virtual users, half a minute
 *
 * | variable              | default               | what it does                                              |
 * |-----------------------|-----------------------|-----------------------------------------------------------|
 * | `MYTHICAL_SERVER_URL` | http://localhost:4000 | the server                                                |
 * | `ENDPOINT_TYPE`       | MYTHICAL              | `BORING` for the plain words; must match the server's     |
 * | `THINK_TIME`          | 1                     | average pause between requests, in seconds                |
 * | `TESTID`              | mythical-loadtest     | the `testid` label of all metrics                         |
 * | `K6_VUS`              | 4                     | k6's own: number of virtual users                         |
 * | `K6_DURATION`         | 1h                    | k6's own: duration, such as 90s, 15m or 24h               |
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

const BORING = __ENV.ENDPOINT_TYPE === 'BORING';
const KINDS = BORING
  ? ['login', 'payment', 'account', 'cart', 'health']
  : ['unicorn', 'manticore', 'illithid', 'owlbear', 'beholder'];
/** The tag for the kind, named like the label of the server's own metrics. */
const KIND_TAG = BORING ? 'endpoint' : 'beast';

const SERVER_URL = (__ENV.MYTHICAL_SERVER_URL || 'http://localhost:4000').replace(/\/+$/, '');
const THINK_TIME_S = Number(__ENV.THINK_TIME || 1);
const STEPS_IN_A_VISIT = 6;
/** The pause of a virtual user if the server does not respond at all. */
const DOWN_PAUSE_S = 5;

/** The checks of each response. */
const CHECKS = {
  GET: { 'GET answers 200, with a list': ({ status, body }) => status === 200 && body.startsWith('[') },
  // 409: a beast with this name happens to exist, which is not a failure of the server.
  POST: { 'POST answers 201, or 409': ({ status }) => status === 201 || status === 409 },
  DELETE: { 'DELETE answers 204': ({ status }) => status === 204 },
};

/** The steps of an iteration, which are chosen at random with these weights. */
const STEPS = [
  { weight: 5, take: look },
  { weight: 3, take: add },
  { weight: 2, take: remove },
];

export const options = {
  // Not `scenarios` or `stages`: K6_VUS has no effect on scenarios in k6 1.x, and in k6 2.x replaces them with one iteration
  // per virtual user; K6_DURATION discards both. With these two options, each variable changes only its own option.
  vus: 4,
  duration: '1h',

  // Thresholds never abort the run (no `abortOnFail`): otherwise the load would stop when a fault is switched on. On a healthy
  // sandbox they pass, with some margin for chance:
  thresholds: {
    // The margin is for scenarios: a minute of error-burst, which fails half of all requests, is 0.8 % of an hour.
    'checks{method:GET}': ['rate>0.95'],
    'checks{method:DELETE}': ['rate>0.95'],
    // About 10 % of POSTs fail on purpose, unless the server has ALWAYS_SUCCEED=true.
    'checks{method:POST}': ['rate>0.80'],
    // By kind, so that four healthy kinds can't hide a broken one. Three of ten checks are on POSTs.
    ...Object.fromEntries(KINDS.map((kind) => [`checks{${KIND_TAG}:${kind}}`, ['rate>0.85']])),
    // Failed requests are left out: a refused connection is fast, but not a good response.
    'http_req_duration{expected_response:true}': ['p(95)<1000'],
  },

  // Labels of all metrics in Mimir. The first three are on every metric of the sandbox.
  tags: {
    job: 'k6',
    service_name: 'k6',
    group: 'infrastructure',
    testid: __ENV.TESTID || 'mythical-loadtest',
  },
  // Only tags with few values become labels. Left out are `error`, which may contain port numbers (`error_code` has the same
  // information), `group`, which is set above, and tags that never vary here.
  systemTags: ['name', 'url', 'method', 'status', 'expected_response', 'error_code', 'check', 'scenario'],

  // A recreated container has a new address. By default, k6 would use the old one for five minutes.
  dns: { ttl: '5s' },
};

/** Runs once, before all iterations. All names in this run start with the prefix, so that `teardown` can find them. */
export function setup() {
  return { prefix: `k6${Date.now().toString(36)}${randomHex(2)}` };
}

/** One iteration, about one kind of beast. It leaves nothing behind. */
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
 * Runs once, after all iterations, however the run ended. Removes beasts left behind by interrupted iterations and by
 * requests without a response.
 */
export function teardown({ prefix }) {
  for (const kind of KINDS) {
    let path = `/${kind}?limit=1000&after=${prefix}`;
    while (path !== undefined) {
      const { response } = request('GET', kind, path);
      if (response.status !== 200) {
        console.warn(`${kind}: beasts may be left behind, with names that start with ${prefix}`);
        break;
      }
      const names = response.json().map(({ name }) => name);
      const ours = names.filter((name) => name.startsWith(prefix));
      for (const name of ours) request('DELETE', kind, `/${kind}`, { name });
      // Names are sorted, so the first page without one of ours is the end.
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

/** Deletes the oldest beast of this iteration or, if there is none, a name that doesn't exist, which the server accepts. */
function remove(visitor) {
  const name = visitor.added.shift() ?? newName(visitor);
  return checked('DELETE', visitor.kind, { name });
}

/** Sends a request and checks the response. The checks carry method and kind, which the thresholds use. */
function checked(method, kind, body) {
  const { response, traceId } = request(method, kind, `/${kind}`, body);
  const passed = check(response, CHECKS[method], { method, [KIND_TAG]: kind });
  // Without a response there is no trace to look at, and k6 itself has logged the reason.
  if (!passed && response.status !== 0) {
    console.warn(`${method} ${kind} answered ${response.status} traceID=${traceId}`);
  }
  return response;
}

function request(method, kind, path, body) {
  const { traceId, traceparent } = newTrace();
  const response = http.request(method, SERVER_URL + path, body && JSON.stringify(body), {
    headers: { 'content-type': 'application/json', traceparent },
    // The route, not the path: one name for all kinds, as in the server's spans. The kind is a separate tag.
    tags: { name: '/:beast', [KIND_TAG]: kind },
    responseCallback: http.expectedStatuses({ min: 200, max: 299 }, 409),
  });
  return { response, traceId };
}

/**
 * A new trace for the server to join, in W3C format: https://www.w3.org/TR/trace-context.
 * Implemented here, because k6's library for it is loaded from the internet, and the sandbox works offline.
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

/** Only letters and digits, so that every Postgres collation sorts the names of a run together. */
function newName(visitor) {
  return visitor.namePrefix + visitor.names++;
}

/** The path of `Link: </unicorn?limit=…&after=…>; rel="next"`. */
function nextPage(response) {
  return /<([^>]+)>; rel="next"/.exec(response.headers.Link ?? '')?.[1];
}
