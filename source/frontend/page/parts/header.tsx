import { useState } from 'react';
import type { State } from '../control-room/state.ts';
import iconUrl from '../icon.svg';
import { currentTheme, setTheme, type Theme } from '../theme.ts';
import { Icon } from './icons.tsx';

const CONNECTION = {
  starting: 'connecting to the API',
  connected: 'API connected',
  away: 'API away, trying again',
} as const;

export function Header({
  connection,
  apiUrl,
  sessionId,
}: Pick<State, 'connection' | 'sessionId'> & { apiUrl: string }) {
  return (
    <header className="top">
      <img src={iconUrl} alt="" width="36" height="36" />
      <div className="top-title">
        <h1>
          Mythical <span>control room</span>
        </h1>
        <p title={apiUrl}>
          <span className={`connection ${connection}`} role="status">
            {CONNECTION[connection]}
          </span>
          {sessionId !== undefined && <span className="session">session {sessionId}</span>}
        </p>
      </div>
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  const [theme, setShown] = useState<Theme>(currentTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Switch to ${other} colours`}
      title={`Switch to ${other} colours`}
      onClick={() => {
        setTheme(other);
        setShown(other);
      }}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
}
