import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONDITIONS_PATH } from '@mythical/common/conditions';
import { INCIDENT_FAULTS, SCENARIO_NAMES } from '@mythical/common/scenarios';
import { SERVICES, type ServiceKey } from '@mythical/common/services';
import type { Draw } from '../../workshop/incidents/draw.ts';
import { type Grade, grade, PARTS } from '../../workshop/incidents/grade.ts';
import { guideQueries } from '../../workshop/incidents/guide.ts';
import { endAll, inject } from '../../workshop/incidents/inject.ts';
import type { Fault, Services } from '../../workshop/incidents/record.ts';
import { type Backend, type Found, findBackend } from '../../workshop/incidents/trace.ts';
import { send } from '../support/api.ts';
import { startProfileTap } from '../support/profile-tap.ts';
import { inProject, root } from '../support/project.ts';
import { type RunningService, startSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// Starts each hidden fault in the real services: the queries of the instructor's guide find it, the grader accepts their results,
// and no signal names it. RECORD=1 records the traces for the grader's tests.

const RECORDINGS = inProject('workshop/incidents/recordings.json');

/** The files of scenarios, which are always loaded. Hidden faults don't use them. */
const OF_SCENARIOS = /source\/(server|common)\/scenarios?(-routes)?\.ts/g;

type Pair = Pick<Draw, 'service' | 'cause'>;

// Losses only show after eleven seconds, so they are injected together, as far as one doesn't hide another.
const TOGETHER: Pair[][] = [
  [
    { service: 'server', cause: 'traces-lost' },
    { service: 'recorder', cause: 'traces-lost' },
    { service: 'requester', cause: 'logs-lost' },
  ],
  [
    { service: 'requester', cause: 'traces-lost' },
    { service: 'server', cause: 'logs-lost' },
    { service: 'recorder', cause: 'logs-lost' },
  ],
  [{ service: 'requester', cause: 'repeated-requests' }],
  [{ service: 'recorder', cause: 'clock-off' }],
  [{ service: 'requester', cause: 'clock-off' }],
  // Last: all others need an empty queue.
  [{ service: 'recorder', cause: 'slow-consumer' }],
  [{ service: 'server', cause: 'queue-backlog' }],
];

const ALONE = INCIDENT_FAULTS.server.filter(
  (cause) => !TOGETHER.flat().some((pair) => pair.service === 'server' && pair.cause === cause),
);

const ROUNDS: Pair[][] = [...ALONE.map((cause): Pair[] => [{ service: 'server', cause }]), ...TOGETHER];

/** Their memory and their failed requests outlast them, so that they are still found in later rounds. */
const LINGERING = ['mythical-server memory-leak', 'mythical-server connection-leak'];

type Solution = { service: string; since: number; trace: string };

describe('hidden faults in the real services', () => {
  const sandbox = useStarted(startSandbox);
  const profiles = useStarted(() => startProfileTap(sandbox.lens.url));
  let running: Record<ServiceKey, RunningService>;
  let services: Services;
  let backend: Backend;
  let quietSince: number;
  const solved = new Map<string, { fault: Fault; trace: string }>();
  const usual: Partial<Record<ServiceKey, Found>> = {};
  const queries = new Map(
    [...guideQueries()].map(([cause, all]) => [cause, all.find(({ language }) => language === 'sql')!.text]),
  );

  before(async () => {
    sandbox.env.PROFILE_COLLECTOR_PORT = String(profiles.port);
    const server = await sandbox.start('server', { ALWAYS_SUCCEED: 'false' });
    const recorder = await sandbox.start('recorder');
    const requester = await sandbox.start('requester', { MYTHICAL_SERVER_URL: server.url });
    running = { server, recorder, requester };
    services = { server: server.url, recorder: recorder.url, requester: requester.url };
    const places = { page: sandbox.lens.url, tempo: 'http://127.0.0.1:1', loki: 'http://127.0.0.1:1' };
    // It asks once, and treats a slow lens as absent.
    backend = await until(async () => {
      const found = await findBackend(places);
      return found.name === 'lens' && found;
    });
    // The first requests of a service are slow.
    await sleep(3_000);
    quietSince = Date.now();
  });

  const metricsOf = async (service: ServiceKey) => (await fetch(`${services[service]}/metrics`)).text();

  /** The results of the guide's query since that time. */
  async function solve(cause: string, since: number): Promise<Solution[]> {
    const sql = queries.get(cause)!;
    const from = `make_timestamp(${Math.floor(since)}000)`;
    const rows = await sandbox.rows<{ service: string; since: string; trace_id: string }>(
      sql.replaceAll('now() - interval 15 minutes', from),
    );
    return rows.map(({ service, since, trace_id }) => ({ service, since: Date.parse(since), trace: trace_id }));
  }

  test('without a fault, the queries of the guide find nothing, and traces are complete', async () => {
    await sleep(14_000);
    for (const cause of queries.keys()) assert.deepEqual(await solve(cause, quietSince), [], cause);
    const [row] = await sandbox.rows<{ trace_id: string }>(
      `select trace_id from spans where start_time between make_timestamp(${quietSince}000) and now() - interval 5 seconds
       group by trace_id having count(distinct service) = 3 and max(duration_ms) < 200 limit 1`,
    );
    for (const service of ['server', 'recorder', 'requester'] as const)
      usual[service] = await until(() => backend.find(row!.trace_id, SERVICES[service].name));
  });

  for (const round of ROUNDS) {
    const title = round.map(({ service, cause }) => `${cause} in ${service}`).join(', and ');
    test(`${title}: the guide finds it, and the grader accepts it`, { timeout: 120_000 }, async () => {
      const faults = await inject(
        services,
        round.map((pair) => ({ ...pair, after: 0, variant: 2 })),
        120,
      );
      for (const fault of faults) {
        let last: unknown;
        const grades = await until(
          async () => {
            const found = (await solve(fault.cause, fault.from)).find(
              ({ service }) => service === SERVICES[fault.service].name,
            );
            const graded = found && (await gradeOf(fault, found));
            last = { found, graded };
            return graded !== undefined && PARTS.every((part) => graded[part].code === 'right') && graded;
          },
          {
            timeoutMs: 40_000,
            intervalMs: 500,
            what: () => `${fault.cause} in ${fault.service} to be found; ${JSON.stringify(last)}`,
          },
        );
        assert.equal(grades.trace.verdict, 'passed');
      }
      assert.doesNotMatch(await metricsOf('server'), /^mythical_scenario_active.* 1$/m);
      assert.deepEqual(await endAll(services), []);
      const expected = [...LINGERING, ...round.map(({ service, cause }) => `${SERVICES[service].name} ${cause}`)];
      for (const cause of queries.keys()) {
        const leads = (await solve(cause, faults[0]!.from)).map(({ service }) => `${service} ${cause}`);
        const wrong = leads.filter((lead) => !expected.includes(lead));
        assert.deepEqual(wrong, [], 'the query of another fault finds nothing');
      }
    });
  }

  async function gradeOf(fault: Fault, { service, since, trace }: Solution): Promise<Grade> {
    const answer = { service, cause: fault.cause, start: { from: since, to: since }, trace };
    const graded = await grade(fault, answer, backend);
    if (graded.trace.code === 'right') solved.set(`${fault.service} ${fault.cause}`, { fault, trace });
    return graded;
  }

  test('no signal names the faults', async () => {
    const tables = ['spans', 'logs', 'profiles', 'metrics'];
    const words = [
      ...new Set(Object.values(INCIDENT_FAULTS).flat()),
      'incidents?',
      'scenarios?',
      'faults?',
      'debug/conditions',
    ];
    const pattern = `\\b(${words.join('|')})\\b`.replaceAll("'", "''");
    for (const table of tables) {
      const rows =
        await sandbox.rows(`select distinct regexp_extract(t::varchar, '.{0,80}${pattern}.{0,80}', 0, 'i') as text from ${table} t
        where regexp_matches(regexp_replace(replace(t::varchar, '${root}', ''), '${OF_SCENARIOS.source}', '', 'g'), '${pattern}', 'i') limit 5`);
      assert.deepEqual(rows, [], table);
    }
    const frames = new Set(profiles.strings().map((text) => text.replaceAll(root, '')));
    assert.ok(
      [...frames].some((frame) => frame.includes('./source/server/conditions/scales.ts:countDragonScalesTheSlowWay')),
    );
    assert.deepEqual(
      [...frames].filter((frame) => new RegExp(pattern, 'i').test(frame.replaceAll(OF_SCENARIOS, ''))),
      [],
    );
    const metrics = await Promise.all((['server', 'recorder', 'requester'] as const).map(metricsOf));
    const lines = metrics.join('\n').split('\n');
    const betrayed = lines.filter(
      (line) => new RegExp(pattern, 'i').test(line) && !/^# (HELP|TYPE) mythical_scenario/.test(line),
    );
    // The metric of scenarios, which are all inactive.
    assert.deepEqual(
      betrayed,
      SCENARIO_NAMES.map((name) => `mythical_scenario_active{scenario="${name}"} 0`),
    );
    assert.doesNotMatch(
      Object.values(running)
        .map(({ output }) => output())
        .join('\n'),
      new RegExp(pattern, 'i'),
    );
  });

  test('every fault was found in every service that has it', async () => {
    const pairs = Object.entries(INCIDENT_FAULTS).flatMap(([service, causes]) =>
      causes.map((cause) => `${service} ${cause}`),
    );
    assert.deepEqual(pairs.toSorted(), [...solved.keys()].toSorted());
    if (process.env.RECORD !== '1') return;
    // Only now, because traces are complete.
    const faults = await Promise.all(
      [...solved.values()].map(async ({ fault, trace }) => ({
        ...{ fault, trace },
        found: await backend.find(trace, SERVICES[fault.service].name),
      })),
    );
    await writeFile(RECORDINGS, `${JSON.stringify({ usual, faults })}\n`);
  });

  test('invalid requests and faults of other services are refused', async () => {
    const put = (url: string, body: unknown) => send('PUT', url + CONDITIONS_PATH, body);
    for (const body of [
      {},
      '{',
      { name: 'error-burst' },
      { name: 'slow-consumer', seconds: 7200 },
      { name: 'x', seconds: 5 },
    ])
      assert.equal((await put(services.recorder, body)).status, 400, JSON.stringify(body));
    assert.equal((await fetch(services.recorder + CONDITIONS_PATH)).status, 404);
    const closed = await sandbox.start('requester', { INCIDENTS: 'false', MYTHICAL_SERVER_URL: services.server });
    assert.equal((await put(closed.url, { name: 'clock-off', seconds: 5 })).status, 404);
  });

  test('the server shuts down cleanly with all its connections taken', async () => {
    const taken = async () => /connections\{state="used"\} 10$/m.test(await metricsOf('server'));
    await inject(services, [{ service: 'server', cause: 'connection-leak', after: 0, variant: 0 }], 60);
    await until(taken, { timeoutMs: 30_000, what: () => 'all connections to be taken' });
    const { code, milliseconds } = await running.server.stop();
    assert.deepEqual([code, milliseconds < 10_000], [0, true], `${milliseconds} ms`);
  });
});
