import { useStore } from '@mythical/ui/page/store.ts';
import type { ControlRoom } from './control-room/control-room.ts';
import { BeastPanel } from './parts/beast-panel.tsx';
import { BrowserFaults } from './parts/browser-faults.tsx';
import { FollowPanel } from './parts/follow-panel.tsx';
import { Header } from './parts/header.tsx';
import { Notices } from './parts/notices.tsx';
import { ScenarioPanel } from './parts/scenario-panel.tsx';
import { TrafficStrip } from './parts/traffic-strip.tsx';
import { Waiting } from './parts/waiting.tsx';
import './app.css';

export function App({ room, apiUrl }: { room: ControlRoom; apiUrl: string }) {
  const state = useStore(room.state);
  const { config, connection } = state;
  return (
    <div className="mx-auto max-w-[1480px] p-4 max-sm:p-3">
      <Header connection={connection} apiUrl={apiUrl} sessionId={state.sessionId} />
      <main>
        {config === undefined ? (
          <Waiting connection={connection} apiUrl={apiUrl} />
        ) : (
          <>
            <TrafficStrip traffic={state.traffic} />
            <Notices notices={state.notices} dismiss={room.dismiss} />
            <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-2 md:grid-rows-[auto_1fr] xl:grid-cols-3">
              <BeastPanel room={room} state={state} words={config.words} />
              <FollowPanel followed={state.followed} />
              <div className="grid gap-4">
                <ScenarioPanel room={room} scenarios={state.scenarios} />
                <BrowserFaults />
              </div>
            </div>
          </>
        )}
      </main>
    </div>
  );
}
