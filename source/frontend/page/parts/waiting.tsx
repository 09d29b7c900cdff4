import type { State } from '../control-room/state.ts';

/** Replaces the page until the API has sent its configuration. */
export function Waiting({ connection, apiUrl }: Pick<State, 'connection'> & { apiUrl: string }) {
  if (connection !== 'away') return <p className="py-8 text-soft">Connecting to the API …</p>;
  return (
    <section className="panel py-8" aria-labelledby="waiting-title">
      <h2 id="waiting-title">The API is not responding</h2>
      <p>
        There is no valid response from <code>{apiUrl}</code>, or CORS does not allow this page. Start the sandbox with{' '}
        <code>npm start</code> or <code>docker compose up</code>; the page keeps retrying.
      </p>
    </section>
  );
}
