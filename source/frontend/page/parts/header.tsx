import { State as ConnectionState } from '@mythical/ui/page/state.tsx';
import { ThemeButton } from '@mythical/ui/page/theme-button.tsx';
import type { State } from '../control-room/state.ts';
import iconUrl from '../icon.svg';

const CONNECTION = {
  starting: { text: 'Connecting to the API', tone: 'neutral' },
  connected: { text: 'API connected', tone: 'good' },
  away: { text: 'API unreachable, retrying', tone: 'bad' },
} as const;

type Props = Pick<State, 'connection' | 'sessionId'> & { apiUrl: string };

export function Header({ connection, apiUrl, sessionId }: Props) {
  const { text, tone } = CONNECTION[connection];
  return (
    <header className="mb-4 flex items-center gap-3">
      <img src={iconUrl} alt="" width="36" height="36" />
      <div className="min-w-0 flex-1">
        <h1 className="text-xl leading-tight font-bold">
          Mythical <span className="font-medium text-soft">control room</span>
        </h1>
        <p className="row hint" title={apiUrl}>
          <ConnectionState tone={tone}>{text}</ConnectionState>
          {sessionId !== undefined && <span>session {sessionId}</span>}
        </p>
      </div>
      <ThemeButton />
    </header>
  );
}
