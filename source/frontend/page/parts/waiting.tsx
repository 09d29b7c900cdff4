import type { State } from '../control-room/state.ts';

/** In place of everything else, until the API has said what there is. */
export function Waiting({ connection, apiUrl }: Pick<State, 'connection'> & { apiUrl: string }) {
  if (connection !== 'away') return <p className="waiting">Asking the API what there is …</p>;
  return (
    <section className="panel waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">The API does not answer</h2>
      <p>
        Nothing answers at <code>{apiUrl}</code>, or it does not allow this page to ask. The page goes on trying; start
        the sandbox with <code>npm start</code> or <code>docker compose up</code>.
      </p>
    </section>
  );
}
