import { ThemeButton } from '@mythical/ui/page/theme-button.tsx';
import type { State } from '../control-room/state.ts';
import iconUrl from '../icon.svg';

const CONNECTION = {
  starting: { text: 'Connecting to the API', tone: '' },
  connected: { text: 'API connected', tone: 'good' },
  away: { text: 'API unreachable, retrying', tone: 'bad' },
} as const;

type Props = Pick<State, 'connection' | 'sessionId'> & { apiUrl: string };

export function Header({ connection, apiUrl, sessionId }: Props) {
  const { text, tone } = CONNECTION[connection];
  return (
    <header className="top">
      <img src={iconUrl} alt="" width="36" height="36" />
      <div className="top-title">
        <h1>
          Mythical <span>control room</span>
        </h1>
        <p className="row hint" title={apiUrl}>
          <span className={`state ${tone}`} role="status">
            {text}
          </span>
          {sessionId !== undefined && <span>session {sessionId}</span>}
        </p>
      </div>
      <ThemeButton />
    </header>
  );
}
