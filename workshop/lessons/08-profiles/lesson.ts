import { exists, flow, outcome } from '../../check/requirement.ts';
import { onAllAddresses, pyroscope } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING } from '../tasks.ts';

const scrapes = (address: RegExp) => ({
  kind: ['pyroscope.scrape', 'discovery.relabel'],
  where: { targets: { pattern: address } },
});
const alloy = scrapes(/^(localhost|127\.0\.0\.1|alloy):12345$/);
const mimir = scrapes(/^mimir:9009$/);
const push = {
  kind: 'pyroscope.receive_http',
  where: { 'http/listen_address': onAllAddresses(), 'http/listen_port': 4040 },
};

export default {
  ...about('8', '08-profiles', 'Profiles: pull and push', 20),
  requirements: [
    task(
      exists('url', pyroscope),
      'Profiles have no path to Pyroscope.',
      'pyroscope.write needs a block endpoint with url = "http://pyroscope:4040".',
      'pyroscope.write.pyroscope',
    ),
    task(
      outcome('alloy', alloy, pyroscope, { expect: { labels: { service_name: 'alloy' } } }),
      'Alloy is a Go program, and serves profiles on its own port.',
      'A target {"__address__" = "127.0.0.1:12345", "service_name" = "alloy"}, and forward_to.',
      'pyroscope.scrape.stack',
    ),
    task(
      outcome('mimir', mimir, pyroscope, { expect: { labels: { service_name: 'mimir' } } }),
      'Mimir is a Go program, too.',
      'A second target: {"__address__" = "mimir:9009", "service_name" = "mimir"}.',
      'pyroscope.scrape.stack',
    ),
    task(
      exists('port', push),
      'The application sends its profiles to port 4040 of Alloy, but nothing listens there.',
      'Add pyroscope.receive_http with an http block: listen_address = "0.0.0.0", listen_port = 4040.',
      'pyroscope.receive_http.application',
    ),
    task(
      flow('push', push, pyroscope),
      'The pushed profiles go nowhere.',
      'forward_to = [pyroscope.write.pyroscope.receiver].',
      'pyroscope.receive_http.application',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: "Do the sandbox's services use pull or push for profiles? (See PROFILING_MODE in .env.example.)",
    answer: /^push/i,
    reason: 'A program behind a firewall, or one that runs for only a minute, can only push.',
  },
  live: [
    { id: 'pushed', type: 'profiles', service: 'workshop', push: true },
    { id: 'pulled', type: 'profiles', service: 'alloy' },
  ],
} satisfies Lesson;
